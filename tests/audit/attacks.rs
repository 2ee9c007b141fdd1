//! What somebody without a key does to an export, and what is found of it.

use proptest::prelude::*;
use tollgate::audit::Fault;

use crate::sample::{BOTH, EXPORT, FIRST, LEDGER, entries, export, found, keys, verdict, written};

fn lines() -> Vec<String> {
    EXPORT.lines().map(str::to_owned).collect()
}

/// What is found of these lines.
fn faults(lines: &[String]) -> Vec<(u64, Fault)> {
    found(&verdict(written(lines).as_bytes()))
}

#[test]
fn an_altered_entry_is_found_where_it_is() {
    let mut lines = lines();
    lines[2] = lines[2].replace("\"deny\"", "\"allow\"");
    assert_eq!(faults(&lines), [(3, Fault::Altered)]);
}

#[test]
fn removed_entries_are_named() {
    let mut lines = lines();
    lines.drain(2..4);
    assert_eq!(faults(&lines), [(3, Fault::Missing { from: 2 })]);
    let mut without_the_first = self::lines();
    without_the_first.remove(1);
    assert_eq!(faults(&without_the_first), [(2, Fault::Missing { from: 1 })]);
}

#[test]
fn a_cut_off_end_is_found() {
    let mut lines = lines();
    let end = lines.pop().unwrap();
    assert_eq!(faults(&lines), [(7, Fault::NoEnd)]);
    lines.pop();
    lines.push(end);
    assert_eq!(faults(&lines), [(7, Fault::CutOff { last: 5 })]);
}

#[test]
fn a_cut_off_beginning_is_found() {
    assert_eq!(faults(&lines()[1..]), [(1, Fault::NoBeginning)]);
    assert_eq!(faults(&lines()[4..]), [(1, Fault::NoBeginning)]);
    assert_eq!(faults(&[]), [(0, Fault::NoBeginning)]);
    // The genuine mark of a later entry, as the log has it, before all entries.
    let later = keys(FIRST).mark(LEDGER, 3, keys(FIRST).anchor(LEDGER), tollgate::ledger::Millis(0));
    let mut lines = lines();
    lines[0] = format!("{{\"begin\":{}}}", serde_json::json!(later));
    assert!(!faults(&lines).is_empty());
}

#[test]
fn a_forged_mark_is_found() {
    for (line, number) in [(0, 1), (7, 8)] {
        let mut lines = lines();
        lines[line] = lines[line].replace("\"at\":1790000090000", "\"at\":1790000090001");
        assert_eq!(faults(&lines), [(number, Fault::ForgedMark)]);
    }
}

#[test]
fn a_mark_in_another_spelling_is_no_line() {
    let mut lines = lines();
    lines[0] = lines[0].replace("\"seq\":0", "\"seq\": 0");
    assert_eq!(faults(&lines)[0], (1, Fault::NoBeginning));
}

#[test]
fn entries_of_another_ledger_do_not_fit_in() {
    let other = export(&keys(BOTH), "g_0", &entries(), 0, 0);
    let mut other = other.lines().map(str::to_owned);
    let mut spliced = lines();
    spliced[3] = other.nth(3).unwrap();
    // The next one does not follow from it either.
    assert_eq!(faults(&spliced), [(4, Fault::Altered), (5, Fault::Altered)]);
    spliced = lines();
    spliced[7] = other.next_back().unwrap();
    assert_eq!(faults(&spliced), [(8, Fault::ForeignEnd("g_0".into()))]);
}

#[test]
fn an_older_end_does_not_end_a_longer_export() {
    let keys = keys(BOTH);
    let longer = export(&keys, LEDGER, &entries(), 0, 0);
    let older = export(&keys, LEDGER, &entries()[..4], 0, 0);
    let mut lines: Vec<String> = longer.lines().map(str::to_owned).collect();
    lines[7] = older.lines().last().unwrap().to_owned();
    assert_eq!(faults(&lines), [(8, Fault::EndsBefore { last: 6 })]);
}

#[test]
fn the_last_entry_and_its_mac_cannot_be_replaced() {
    let forged = export(&keys("k2.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"), LEDGER, &entries(), 0, 0);
    let mut lines = lines();
    lines[6] = forged.lines().nth(6).unwrap().to_owned();
    assert_eq!(faults(&lines), [(7, Fault::Altered), (8, Fault::EndDiffers)]);
}

#[test]
fn a_mac_cannot_be_taken_away() {
    let bare = |line: &str| format!("{{{}", &line[line.find("\"entry\":").unwrap()..]);
    for (line, expected) in [(1, vec![(3, Fault::Altered)]), (3, vec![(4, Fault::Unchained), (5, Fault::Altered)])] {
        let mut lines = lines();
        lines[line] = bare(&lines[line]);
        assert_eq!(faults(&lines), expected);
    }
    let mut all = lines();
    for line in &mut all[1..7] {
        *line = bare(line);
    }
    assert_eq!(faults(&all), [(8, Fault::EndDiffers)]);
}

#[test]
fn what_is_no_line_is_found() {
    for junk in ["", "{}", "[]", "null", "{\"entry\":{}}", "{\"entry\":7}", "# a remark", "{\"entry\":{\"seq\":1}}"] {
        let mut lines = lines();
        lines.insert(3, junk.to_owned());
        assert_eq!(faults(&lines), [(4, Fault::Unreadable)], "{junk}");
    }
    assert_eq!(faults(&[lines(), vec![String::new()]].concat()), [(9, Fault::AfterEnd)]);
    assert_eq!(faults(&[lines(), lines()].concat())[0], (9, Fault::AfterEnd));
    let mut twice = lines();
    twice.insert(4, twice[0].clone());
    assert_eq!(faults(&twice), [(5, Fault::BeginsAgain)]);
}

#[test]
fn a_repeated_or_moved_entry_is_found_and_the_rest_still_fits() {
    let mut lines = lines();
    lines.insert(3, lines[2].clone());
    assert_eq!(faults(&lines), [(4, Fault::OutOfOrder { expected: 3 })]);
    let mut swapped = self::lines();
    swapped.swap(2, 3);
    assert_eq!(faults(&swapped), [(3, Fault::Missing { from: 2 }), (4, Fault::OutOfOrder { expected: 4 })]);
}

#[test]
fn findings_are_bounded() {
    let many: Vec<String> = std::iter::repeat_n("junk".to_owned(), 1_000).collect();
    let verdict = verdict(written(&many).as_bytes());
    assert_eq!((verdict.findings.len(), verdict.further), (100, 902));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_byte_can_be_changed(place in 0..EXPORT.len() - 1, byte in any::<u8>()) {
        let mut export = EXPORT.as_bytes().to_vec();
        prop_assume!(export[place] != byte);
        export[place] = byte;
        prop_assert!(!verdict(&export).holds());
    }

    #[test]
    fn no_byte_can_be_put_in_or_taken_out(place in 0..EXPORT.len() - 1, byte in any::<u8>()) {
        let mut export = EXPORT.as_bytes().to_vec();
        export.insert(place, byte);
        prop_assert!(!verdict(&export).holds());
        export.remove(place);
        export.remove(place);
        prop_assert!(!verdict(&export).holds());
    }

    /// But for the last newline.
    #[test]
    fn no_part_can_be_cut_out(from in 0..EXPORT.len() - 1, length in 1..EXPORT.len()) {
        let mut export = EXPORT.as_bytes().to_vec();
        export.drain(from..(from + length).min(EXPORT.len()));
        prop_assert!(!verdict(&export).holds());
    }

    /// Each line from one of three exports, two of this ledger and one of another, all under the same keys.
    #[test]
    fn exports_cannot_be_mixed(picked in prop::collection::vec(0usize..3, 8)) {
        let keys = keys(BOTH);
        let [again, other] = [LEDGER, "g_0"].map(|ledger| export(&keys, ledger, &entries(), 0, 0));
        let exports = [EXPORT, &again, &other].map(|export| export.lines().collect::<Vec<_>>());
        let lines: Vec<&str> = picked.iter().enumerate().map(|(line, export)| exports[*export][line]).collect();
        let whole = picked.iter().all(|export| *export == picked[0]);
        prop_assert_eq!(verdict(written(&lines).as_bytes()).holds(), whole);
    }
}

#[test]
fn no_truncation_passes() {
    for length in 0..EXPORT.len() - 1 {
        assert!(!verdict(&EXPORT.as_bytes()[..length]).holds(), "{length} bytes");
    }
}

#[test]
fn no_line_can_be_removed_repeated_or_moved() {
    for from in 0..8 {
        let mut without = lines();
        let line = without.remove(from);
        assert_ne!(faults(&without), [], "line {from} removed");
        for to in 0..8 {
            let mut repeated = lines();
            repeated.insert(to, line.clone());
            assert_ne!(faults(&repeated), [], "line {from} repeated at {to}");
            let mut moved = without.clone();
            moved.insert(to.min(moved.len()), line.clone());
            assert_eq!(faults(&moved).is_empty(), from == to, "line {from} moved to {to}");
        }
    }
}
