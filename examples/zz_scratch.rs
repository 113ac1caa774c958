use aanzet::safety::Rules;
fn main() {
    let r = Rules::built_in();
    let mut n = 0;
    let mut bad = 0;
    for l in std::fs::read_to_string(std::env::args().nth(1).unwrap())
        .unwrap()
        .lines()
    {
        n += 1;
        let neg = std::env::args().nth(2).is_some();
        let (c, t) = if neg {
            ("-", l)
        } else {
            l.split_once(' ').unwrap()
        };
        match r.detect(t) {
            None if neg => {}
            None => {
                bad += 1;
                println!("MISS {c}: {t}")
            }
            Some(d) if neg => {
                bad += 1;
                println!(
                    "FALSE {t} -> {} {:?} [{}]",
                    d.category,
                    d.strength,
                    r.why(t, d.category).unwrap()
                )
            }
            Some(d) if !c.starts_with(&d.category.to_string()) => println!(
                "  other {c}: {t} -> {} [{}]",
                d.category,
                r.why(t, d.category)
                    .unwrap()
                    .chars()
                    .take(150)
                    .collect::<String>()
            ),
            _ => {}
        }
    }
    println!("{bad} of {n}");
}
