//! The generator's operations, counted.

use super::*;

fn generator(workload: Workload) -> Generator {
    Generator::new(workload, Streams::new(61), ClientId(1), Time::from_millis(500))
}

fn planned(workload: Workload, count: usize) -> Vec<Planned> {
    let mut generator = generator(workload);
    core::iter::from_fn(|| generator.take()).take(count).collect()
}

/// How many operations use each file.
fn uses(workload: Workload, count: usize) -> Vec<u32> {
    let mut uses = vec![0; usize::try_from(workload.files).unwrap()];
    for operation in planned(workload, count) {
        uses[usize::try_from(operation.file_index).unwrap()] += 1;
    }
    uses
}

fn sizes(size_bytes: Size) -> Vec<u64> {
    let operations = planned(Workload { size_bytes, read_percent: 0, ..Workload::default() }, 10_000);
    operations
        .iter()
        .filter_map(|operation| match operation.kind {
            PlannedKind::Write { size_bytes, .. } => Some(size_bytes),
            PlannedKind::Read => None,
        })
        .collect()
}

fn is_read(operation: &Planned) -> bool {
    operation.kind == PlannedKind::Read
}

#[test]
fn steady_operations_keep_their_rate_exactly() {
    // 0.07 per second: intervals of 14,285,714.28... microseconds.
    let workload = Workload { arrivals: Arrivals::Steady, rate_per_second_hundredths: 7, ..Workload::default() };
    let operations = planned(workload, 7_001);
    let passed = operations[7_000].at.since(operations[0].at);
    assert_eq!(passed, Span::from_millis(100_000_000), "7000 intervals are 100,000 seconds, to the microsecond");
    let steps = operations.windows(2).map(|pair| pair[1].at.since(pair[0].at).as_micros());
    assert!(steps.clone().all(|step| step == 14_285_714 || step == 14_285_715));
    let first = operations[0].at.since(Time::from_millis(500));
    assert!(first.as_micros() < 14_285_714);
}

#[test]
fn poisson_operations_have_their_rate_and_their_spread() {
    let workload = Workload {
        rate_per_second_hundredths: 1_000,
        until: Some(Span::from_millis(2_000_000)),
        ..Workload::default()
    };
    let operations = planned(workload, usize::MAX);
    // 10 per second for 2000 seconds: 20,000 with a standard deviation of 141.
    assert!((19_500..=20_500).contains(&operations.len()), "{}", operations.len());
    // In a Poisson process 1 of e intervals is longer than the mean, and 1 of e³ longer than three times the mean.
    let longer =
        |span: u64| operations.windows(2).filter(|pair| pair[1].at.since(pair[0].at) > Span::from_millis(span)).count();
    assert!((7_000..=7_720).contains(&longer(100)), "{}", longer(100));
    assert!((880..=1_110).contains(&longer(300)), "{}", longer(300));
}

#[test]
fn a_workload_ends_and_stays_ended() {
    for arrivals in [Arrivals::Steady, Arrivals::Poisson] {
        let until = Some(Span::from_millis(3_000));
        let mut generator = generator(Workload { arrivals, until, ..Workload::default() });
        while let Some(at) = generator.next_at() {
            assert!(at >= Time::from_millis(500) && at < Time::from_millis(3_500));
            assert_eq!(generator.take().map(|operation| operation.at), Some(at));
        }
        assert_eq!((generator.take(), generator.next_at()), (None, None));
    }
    assert_eq!(generator(Workload { rate_per_second_hundredths: 0, ..Workload::default() }).next_at(), None);
    let steady = Workload { arrivals: Arrivals::Steady, ..Workload::default() };
    let first = generator(steady).next_at().unwrap();
    let until = first.since(Time::from_millis(500));
    assert_eq!(generator(Workload { until: Some(until), ..steady }).next_at(), None, "not at the end itself");
    let until = Some(until + Span::from_micros(1));
    assert_eq!(generator(Workload { until, ..steady }).next_at(), Some(first));
}

#[test]
fn reads_have_their_share() {
    for (read_percent, least, most) in [(0, 0, 0), (30, 5_800, 6_200), (100, 20_000, 20_000), (255, 20_000, 20_000)] {
        let reads =
            planned(Workload { read_percent, ..Workload::default() }, 20_000).iter().filter(|one| is_read(one)).count();
        // The standard error at 30 % is 65.
        assert!((least..=most).contains(&reads), "{reads} of 20,000 at {read_percent} %");
    }
}

#[test]
fn uniform_files_are_used_alike() {
    let uses = uses(Workload { files: 10, ..Workload::default() }, 20_000);
    // 2000 each, with a standard deviation of 42.
    assert!(uses.iter().all(|count| (1_830..=2_170).contains(count)), "{uses:?}");
}

#[test]
fn zipf_files_are_used_as_the_formula_says() {
    for exponent_hundredths in [0, 64, 99, 200] {
        let popularity = Popularity::Zipf { exponent_hundredths };
        let uses = uses(Workload { files: 20, popularity, ..Workload::default() }, 100_000);
        let share = |rank: f64| libm::pow(rank, -f64::from(exponent_hundredths) / 100.0);
        let total: f64 = (1..=20).map(|rank| share(f64::from(rank))).sum();
        for (rank, count) in (1..).zip(&uses) {
            let expected = 100_000.0 * share(f64::from(rank)) / total;
            let error = (f64::from(*count) - expected).abs();
            // The standard error is below the root of what is expected.
            assert!(error <= 4.0 * libm::sqrt(expected), "{rank}: {count} for {expected}");
        }
    }
}

#[test]
fn sizes_lie_between_their_ends_and_as_they_should() {
    let uniform = sizes(Size::Uniform { least: 100, most: 300 });
    assert_eq!((uniform.iter().min(), uniform.iter().max()), (Some(&100), Some(&300)));
    let mean = uniform.iter().sum::<u64>() / 10_000;
    assert!((197..=203).contains(&mean), "{mean}");
    let log_uniform = sizes(Size::LogUniform { least: 10, most: 100_000 });
    assert!(log_uniform.iter().all(|size| (10..=100_000).contains(size)));
    // A quarter in each decade: 2500 with a standard deviation of 43.
    for decade in [10, 100, 1_000, 10_000] {
        let count = log_uniform.iter().filter(|size| (decade..decade * 10).contains(*size)).count();
        assert!((2_300..=2_700).contains(&count), "{count} from {decade}");
    }
}

#[test]
fn what_is_out_of_bounds_counts_as_the_bound() {
    assert!(sizes(Size::Uniform { least: 9, most: 7 }).iter().all(|size| (7..=9).contains(size)));
    assert!(sizes(Size::Uniform { least: u64::MAX, most: u64::MAX }).iter().all(|size| *size == CONTENT_LIMIT_BYTES));
    assert!(sizes(Size::LogUniform { least: 0, most: 0 }).iter().all(|size| *size == 1));
    let steep = Popularity::Zipf { exponent_hundredths: u16::MAX };
    for (files, popularity) in [(0, Popularity::Uniform), (u32::MAX, Popularity::Uniform), (u32::MAX, steep)] {
        let operations = planned(Workload { files, popularity, ..Workload::default() }, 1_000);
        assert!(operations.iter().all(|operation| operation.file_index < files.clamp(1, WORKLOAD_FILES_LIMIT)));
    }
    let frantic = Workload { rate_per_second_hundredths: u32::MAX, arrivals: Arrivals::Steady, ..Workload::default() };
    assert_eq!(planned(frantic, 1_000).len(), 1_000);
    assert_eq!((workload_file_name(0), workload_file_name(u32::MAX)), ("w0001.txt".into(), "w4294967296.txt".into()));
}

#[test]
fn the_kind_does_not_depend_on_the_file_nor_the_size_on_the_kind() {
    let operations = planned(Workload { files: 2, ..Workload::default() }, 20_000);
    let first_file: Vec<&Planned> = operations.iter().filter(|one| one.file_index == 0).collect();
    let reads = first_file.iter().filter(|one| is_read(one)).count();
    // Half of some 10,000, with a standard deviation of 50.
    assert!(first_file.len().abs_diff(2 * reads) < 500, "{reads} of {}", first_file.len());
    let sizes = operations.iter().filter_map(|one| match one.kind {
        PlannedKind::Write { size_bytes, .. } => Some(size_bytes),
        PlannedKind::Read => None,
    });
    let (small, big): (Vec<u64>, Vec<u64>) = sizes.partition(|size| *size <= 550);
    assert!(small.len().abs_diff(big.len()) < 500, "{} and {}", small.len(), big.len());
}

#[test]
fn a_change_of_one_thing_leaves_the_others_as_they_are() {
    let base = Workload::default();
    let operations = planned(base, 2_000);
    let more_reads = planned(Workload { read_percent: 80, ..base }, 2_000);
    for (one, other) in operations.iter().zip(&more_reads) {
        assert_eq!((one.at, one.file_index), (other.at, other.file_index));
        assert!(one.kind == other.kind || is_read(other), "a write became a read, and nothing else changed");
    }
    let hot = Workload { files: 9, popularity: Popularity::Zipf { exponent_hundredths: 99 }, ..base };
    let at_and_kind = |operations: &[Planned]| operations.iter().map(|one| (one.at, one.kind)).collect::<Vec<_>>();
    assert_eq!(at_and_kind(&operations), at_and_kind(&planned(hot, 2_000)));
    let big = Workload { size_bytes: Size::LogUniform { least: 1_000, most: 100_000 }, ..base };
    let salts = |operations: &[Planned]| {
        operations
            .iter()
            .map(|one| match one.kind {
                PlannedKind::Read => (one.at, one.file_index, None),
                PlannedKind::Write { salt, .. } => (one.at, one.file_index, Some(salt)),
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(salts(&operations), salts(&planned(big, 2_000)));
    let rate = Workload { rate_per_second_hundredths: 5_000, arrivals: Arrivals::Steady, ..base };
    let what = |operations: &[Planned]| operations.iter().map(|one| (one.file_index, one.kind)).collect::<Vec<_>>();
    assert_eq!(what(&operations), what(&planned(rate, 2_000)));
}

#[test]
fn the_key_decides_and_nothing_else_does() {
    let start = Time::from_millis(500);
    let make = |seed, client, start| {
        let mut generator = Generator::new(Workload::default(), Streams::new(seed), ClientId(client), start);
        core::iter::from_fn(move || generator.take()).take(50).map(|one| (one.file_index, one.kind)).collect::<Vec<_>>()
    };
    let base = make(61, 1, start);
    assert_eq!(base, make(61, 1, start));
    assert!([make(62, 1, start), make(61, 2, start), make(61, 1, Time::ZERO)].iter().all(|other| *other != base));
    let mut original = generator(Workload::default());
    original.take();
    let mut copy = original.clone();
    assert!((0..100).all(|_| original.take() == copy.take()));
    // Written down, so that another target or a change of the draws is noticed.
    let size_bytes = Size::LogUniform { least: 100, most: 1_000_000 };
    let popularity = Popularity::Zipf { exponent_hundredths: 99 };
    let workload = Workload { read_percent: 0, files: 64, popularity, size_bytes, ..Workload::default() };
    let kind = PlannedKind::Write { size_bytes: 588_908, salt: 2_645_972_578_849_084_294 };
    assert_eq!(planned(workload, 1), [Planned { at: Time::from_micros(875_282), file_index: 6, kind }]);
}
