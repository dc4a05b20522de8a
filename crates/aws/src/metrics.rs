//! Metrics: one line of JSON each on standard output, which CloudWatch Logs makes a metric of.
//!
//! Source: "Specification: Embedded metric format", Amazon CloudWatch User Guide. Written here
//! rather than by a library: those keep their state in one place for a whole process, to be handed
//! out after each invocation, and pull in a stack of their own for what is one line.

use std::io::{self, Write};

use approval_core::metric::{Measure, Metric, Sample, Unit};
use approval_core::moment::Moment;
use serde_json::{Value, json};

/// The namespace of all metrics.
const NAMESPACE: &str = "Countersign";

/// Writes metrics of one stack.
#[derive(Clone, Debug)]
pub struct Meter {
    stack: String,
}

impl Meter {
    /// The meter of that stack.
    #[must_use]
    pub fn new(stack: &str) -> Self {
        Self { stack: stack.to_owned() }
    }

    /// Each metric stands by itself for its stack and, where it has a dimension of its own, by that
    /// as well.
    fn line(&self, metric: Metric, at: Moment) -> String {
        let Sample { name, unit, value, dimension } = metric.sample();
        let unit = match unit {
            Unit::Count => "Count",
            Unit::Seconds => "Seconds",
        };
        let all = vec!["Service", "Environment"];
        let mut dimensions = vec![all.clone()];
        dimensions.extend(dimension.map(|(way, _)| [all, vec![way]].concat()));
        let mut line = json!({
            "_aws": {
                "Timestamp": at.as_millis(),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": dimensions,
                    "Metrics": [{"Name": name, "Unit": unit}],
                }],
            },
            "Service": "countersign",
            "Environment": self.stack,
            name: value,
        });
        if let (Some((way, which)), Value::Object(fields)) = (dimension, &mut line) {
            fields.insert(way.to_owned(), which.into());
        }
        line.to_string()
    }
}

impl Measure for Meter {
    fn measure(&self, metric: Metric, at: Moment) {
        // Where nothing can be written, nothing depends on it.
        let _ = writeln!(io::stdout().lock(), "{}", self.line(metric, at));
    }
}

#[cfg(test)]
mod tests {
    use approval_core::cause::Cause;
    use approval_core::decision::Verdict;

    use super::*;

    fn read(metric: Metric) -> Value {
        let at = Moment::parse("2026-11-22T10:00:00Z").unwrap();
        let line = Meter::new("prod").line(metric, at);
        assert!(!line.contains('\n'), "{line}");
        serde_json::from_str(&line).unwrap()
    }

    #[test]
    fn a_metric_is_one_line_in_the_embedded_format() {
        let line = read(Metric::Decided(Verdict::Approve));
        let expected = json!({
            "_aws": {
                "Timestamp": 1_795_341_600_000_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "Countersign",
                    "Dimensions": [["Service", "Environment"], ["Service", "Environment", "Verdict"]],
                    "Metrics": [{"Name": "Decided", "Unit": "Count"}],
                }],
            },
            "Service": "countersign", "Environment": "prod", "Verdict": "approve", "Decided": 1,
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn every_dimension_and_metric_that_is_named_is_there() {
        let took = jiff::SignedDuration::from_secs(90);
        for metric in [
            Metric::RequestCreated,
            Metric::Refused(Cause::PolicyRefuses),
            Metric::Cancelled(Cause::Frozen),
            Metric::TimeToDecision(took),
            Metric::Pending(7),
            Metric::OldestPending(took),
            Metric::ResumeFailed,
        ] {
            let line = read(metric);
            let named = &line["_aws"]["CloudWatchMetrics"][0];
            for dimension in named["Dimensions"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|set| set.as_array().unwrap())
            {
                assert!(line[dimension.as_str().unwrap()].is_string(), "{line}");
            }
            assert!(line[named["Metrics"][0]["Name"].as_str().unwrap()].is_u64(), "{line}");
        }
        assert_eq!(read(Metric::OldestPending(took))["OldestPendingSeconds"], 90);
    }
}
