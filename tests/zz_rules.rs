#![allow(clippy::all, clippy::unwrap_used, clippy::print_stdout)]
use aanzet::safety::Rules;
#[test]
fn dump() {
    let rules = Rules::built_in();
    let Ok(list) = std::env::var("DUMP") else { return };
    for f in list.split(',') {
        let text = std::fs::read_to_string(f).unwrap();
        let mut out = String::new();
        for line in text.lines() {
            let v: serde_json::Value = serde_json::from_str(line).unwrap();
            let q = v["question"].as_str().unwrap();
            out.push_str(&serde_json::to_string(&(v["category"].clone(), rules.dump(q), q)).unwrap());
            out.push('\n');
        }
        std::fs::write(format!("{f}.dump"), out).unwrap();
    }
}
