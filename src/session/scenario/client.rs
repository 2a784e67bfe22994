//! The entries of `[[clients]]`: where a client is, how patient it is, and what it does in the background.

use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

use super::error::Problem;
use super::limits::{RATE_LIMIT_PER_SECOND, RUN_LIMIT};
use super::policy::{period, set};
use super::quantity::{Bytes, Duration, Hundredths, ZoneName};
use super::whole::{Few, Percent, Whole};
use super::word::{ArrivalsWord, ReadTargetWord};
use crate::client::{CONTENT_LIMIT_BYTES, ClientSettings, Popularity, Size, WORKLOAD_FILES_LIMIT, Workload};

/// A client. The first one also does what a person or the scenario's plan asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Client"))]
pub(super) struct ClientForm {
    /// The zone that it is in; by default it is outside all zones.
    zone: Option<ZoneName>,
    /// How long it waits for the outcome of an operation; usually "800 ms".
    time_out: Option<Duration>,
    /// How long it waits before it asks again, for the primary or, where it may, for the operation; usually
    /// "150 ms".
    attempt_time_out: Option<Duration>,
    /// How many times it sends a change at most, from 1 (the usual).
    attempts: Option<Few>,
    /// Whether it resends a change with the same key, so that the change is made only once. Usually true.
    idempotency_key: Option<bool>,
    /// Where its workload reads: at the "primary" (the usual), at the "nearest" member or at "any".
    read_from: Option<ReadTargetWord>,
    /// How many copies the files of its workload have, on the ring; by default each server has one, as with "every server".
    copies: Option<ClientCopies>,
    /// What it does in the background; by default nothing.
    workload: Option<WorkloadForm>,
}

/// How many copies the files of a workload have: a number for the ring, or none for one on each server.
#[derive(Clone, Copy, Debug)]
struct ClientCopies(Option<u8>);

impl<'de> Deserialize<'de> for ClientCopies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Copies;

        impl Visitor<'_> for Copies {
            type Value = ClientCopies;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("\"every server\" or a whole number from 1 to 255")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<ClientCopies, E> {
                let every = (text == "every server").then_some(ClientCopies(None));
                every.ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<ClientCopies, E> {
                let copies = u8::try_from(number).ok().filter(|copies| *copies > 0);
                let copies = copies.map(|copies| ClientCopies(Some(copies)));
                copies.ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
            }
        }

        deserializer.deserialize_any(Copies)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ClientCopies {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ClientCopies".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "anyOf": [{ "type": "integer", "minimum": 1, "maximum": 255 }, { "const": "every server" }],
        })
    }
}

/// What a client does in the background. Its files are named w0001.txt, w0002.txt and so on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Workload"))]
struct WorkloadForm {
    /// How many operations begin per second, with at most two decimals; usually 2.
    rate: Option<Hundredths>,
    /// How many of 100 operations are reads, the others being writes; usually 50.
    read_percent: Option<Percent>,
    /// How many files it uses; usually 4.
    files: Option<Whole<u32, 1, { WORKLOAD_FILES_LIMIT as i64 }>>,
    /// How often it uses each: "uniform" (the usual) or `{ zipf = 0.99 }`.
    popularity: Option<PopularityForm>,
    /// How big the writes are: the least and the most; usually 100 to 1000 bytes.
    size: Option<SizeForm>,
    /// How the operations are spread over time: "poisson" (the usual) or "steady".
    arrivals: Option<ArrivalsWord>,
    /// When it ends, counted from when the learner enters; by default never.
    until: Option<Duration>,
}

/// How often each file is used.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Popularity"))]
enum PopularityForm {
    /// All alike.
    Uniform,
    /// The k-th file in proportion to 1 / k^s, for this s.
    Zipf(Hundredths),
}

/// How big the writes are.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SizeRange"))]
struct SizeForm {
    /// The least size.
    least: Bytes,
    /// The greatest size.
    most: Bytes,
    /// Whether the logarithm of the size is drawn: as many from 1 to 10 kB as from 10 to 100 kB. Usually false.
    #[serde(default)]
    logarithmic: bool,
}

impl ClientForm {
    /// The client that it describes.
    pub fn settings(&self, field: &str) -> Result<ClientSettings, Problem> {
        let inner = |name: &str| format!("{field}.{name}");
        let mut settings = ClientSettings { zone: self.zone.map(|zone| zone.0), ..ClientSettings::default() };
        set(&mut settings.time_out, period(&inner("time_out"), self.time_out)?);
        set(&mut settings.attempt_time_out, period(&inner("attempt_time_out"), self.attempt_time_out)?);
        set(&mut settings.attempts, self.attempts.map(|attempts| attempts.0));
        set(&mut settings.with_key, self.idempotency_key);
        set(&mut settings.read_from, self.read_from.map(|word| word.0));
        settings.replication_factor = self.copies.and_then(|copies| copies.0);
        let workload = self.workload.as_ref();
        settings.workload = workload.map(|form| form.workload(&inner("workload"))).transpose()?;
        Ok(settings)
    }
}

impl WorkloadForm {
    fn workload(&self, field: &str) -> Result<Workload, Problem> {
        let problem = |name: &str, message: String| Err(Problem::new(format!("{field}.{name}"), message));
        let mut workload = Workload::default();
        if self.rate.is_some_and(|Hundredths(rate)| rate > RATE_LIMIT_PER_SECOND * 100) {
            return problem("rate", format!("expected at most {RATE_LIMIT_PER_SECOND} operations per second"));
        }
        set(&mut workload.rate_per_second_hundredths, self.rate.map(|rate| rate.0));
        set(&mut workload.read_percent, self.read_percent.map(|percent| percent.0));
        set(&mut workload.files, self.files.map(|files| files.0));
        workload.popularity = match self.popularity {
            None | Some(PopularityForm::Uniform) => Popularity::Uniform,
            Some(PopularityForm::Zipf(Hundredths(exponent))) => match u16::try_from(exponent) {
                Ok(exponent_hundredths @ 0..=1_000) => Popularity::Zipf { exponent_hundredths },
                _ => return problem("popularity.zipf", "expected a number from 0 to 10".to_owned()),
            },
        };
        if let Some(SizeForm { least: Bytes(least), most: Bytes(most), logarithmic }) = self.size {
            if least > most || most > CONTENT_LIMIT_BYTES {
                let message = format!("expected the least size, then the greatest, up to {CONTENT_LIMIT_BYTES} bytes");
                return problem("size", message);
            }
            workload.size_bytes =
                if logarithmic { Size::LogUniform { least, most } } else { Size::Uniform { least, most } };
        }
        set(&mut workload.arrivals, self.arrivals.map(|word| word.0));
        if self.until.is_some_and(|Duration(until)| until > RUN_LIMIT) {
            return problem("until", "expected at most an hour".to_owned());
        }
        workload.until = self.until.map(|Duration(until)| until);
        Ok(workload)
    }
}
