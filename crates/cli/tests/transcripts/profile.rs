//! `--profile`: whose credentials sign a call.

use std::path::Path;

use crate::service::Service;
use crate::{Transcript, assert_failed};

const FREEZE: [&str; 4] = ["freeze", "all", "--reason", "x"];

/// Types a command whose environment holds keys, `ak`, beside a profile `operator` with others.
fn typed(service: &Service, folder: &str, arguments: &[&str]) -> Transcript {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let (config, credentials) = (folder.join("config"), folder.join("credentials"));
    let role =
        "[profile role]\nrole_arn = arn:aws:iam::000000000000:role/r\nsource_profile = gone\n";
    std::fs::write(&config, role).unwrap();
    let keys = "[operator]\naws_access_key_id = of-operator\naws_secret_access_key = sk\n";
    std::fs::write(&credentials, keys).unwrap();
    let mut command = service.types(arguments);
    command.env("AWS_CONFIG_FILE", config).env("AWS_SHARED_CREDENTIALS_FILE", credentials);
    command.output().unwrap().into()
}

/// The access keys that signed what was called.
fn signers(service: &Service) -> Vec<String> {
    let key = |signed: &str| {
        let (_, scope) = signed.split_once("Credential=")?;
        scope.split('/').next().map(str::to_owned)
    };
    let mut keys: Vec<_> =
        service.calls().iter().filter_map(|(_, signed, _)| key(signed)).collect();
    keys.dedup();
    keys
}

#[test]
fn a_profile_that_is_typed_comes_before_keys_in_the_environment() {
    let door = Service::says(200, r#"{"status": "done", "message": "all is frozen."}"#);
    for (arguments, key) in [(&[][..], "ak"), (&["--profile", "operator"], "of-operator")] {
        let said = typed(&door, "profile-typed", &[&FREEZE[..], arguments].concat());
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
        assert_eq!(signers(&door), [key]);
        let _ = typed(&door, "profile-typed", &[&["show", "r-1"], arguments].concat());
        assert_eq!(signers(&door), [key]);
    }
}

#[test]
fn a_profile_that_gives_no_credentials_is_named_and_nothing_is_called() {
    let service = Service::says(200, "{}");
    for profile in ["nosuch", "role"] {
        for command in [&["list"][..], &["show", "r-1"], &FREEZE] {
            let arguments = [command, &["--profile", profile]].concat();
            let said = typed(&service, "profile-unknown", &arguments);
            assert_failed(&said, 4, &format!("error: no profile `{profile}` that gives"));
        }
    }
    assert!(service.calls().is_empty());
}
