//! Where an action goes: `lambda:` and a function name or ARN.

/// Expands `{stack}` and checks the result.
pub(super) fn expand(target: &str, stack: &str) -> Result<String, String> {
    let expanded = target.replace("{stack}", stack);
    let Some(function) = expanded.strip_prefix("lambda:") else {
        return Err(format!("the target `{target}` is unknown: write `lambda:` and a function"));
    };
    if is_name(function) || is_arn(function) {
        return Ok(expanded);
    }
    Err(format!(
        "the target `{target}` names no function: write `lambda:NAME`, `lambda:{{stack}}-NAME` or \
         `lambda:ARN`"
    ))
}

fn is_name(function: &str) -> bool {
    (1..=64).contains(&function.len()) && function.chars().all(is_plain)
}

fn is_arn(function: &str) -> bool {
    let parts: Vec<&str> = function.split(':').collect();
    match parts.as_slice() {
        ["arn", partition, "lambda", region, account, "function", name, version @ ..] => {
            partition.starts_with("aws")
                && [*partition, *region].iter().all(|part| is_name(part))
                && account.len() == 12
                && account.bytes().all(|byte| byte.is_ascii_digit())
                && is_name(name)
                && version.len() <= 1
                && version.iter().all(|version| *version == "$LATEST" || is_name(version))
        }
        _ => false,
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}
