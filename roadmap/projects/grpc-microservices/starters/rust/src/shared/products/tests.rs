use std::{env, fs, process};

use super::{ProductRow, read};

#[test]
fn reads_a_price_beyond_32_bits() {
    let file = env::temp_dir().join(format!("products-{}.json", process::id()));
    fs::write(&file, r#"[{ "id": "p1", "name": "Büste", "description": "", "priceCents": 9007199254740991, "stock": 3 }]"#)
        .unwrap();
    let rows = read(&file);
    fs::remove_file(&file).unwrap();
    let wanted = ProductRow {
        id: "p1".into(),
        name: "Büste".into(),
        description: String::new(),
        price_cents: 9_007_199_254_740_991,
        stock: 3,
    };
    assert_eq!(rows.unwrap(), [wanted]);
}

#[test]
fn says_which_file_is_missing_or_damaged() {
    let damaged = env::temp_dir().join(format!("damaged-{}.json", process::id()));
    fs::write(&damaged, r#"[{ "id": 1 }]"#).unwrap();
    let missing = env::temp_dir().join(format!("missing-{}.json", process::id()));
    for file in [&damaged, &missing] {
        let message = read(file).unwrap_err().to_string();
        assert!(message.contains(file.to_str().unwrap()), "{message}");
    }
    fs::remove_file(&damaged).unwrap();
}
