use axum::extract::FromRequestParts;
use axum::http::Request;

use super::{number, read_order};
use crate::answer::Failure;
use crate::orders::{Page, Sort};

async fn page(query: &str) -> Result<Page, Failure> {
    let (mut parts, ()) = Request::get(format!("/orders{query}")).body(()).unwrap().into_parts();
    Page::from_request_parts(&mut parts, &()).await
}

#[tokio::test]
async fn takes_the_first_of_repeated_parameters_and_ignores_unknown_ones() {
    let page = page("?x=1&limit=7&limit=none&status=paid&sort=total").await.unwrap();
    assert_eq!((page.limit, page.after, page.status.as_deref()), (7, None, Some("paid")));
    assert!(matches!(page.sort, Sort::Total));
}

#[tokio::test]
async fn names_the_first_parameter_that_is_wrong() {
    for (query, wanted) in [
        ("?limit=&after=x", "invalid_limit"),
        ("?limit=0", "invalid_limit"),
        ("?after=1.5&status=lost", "invalid_after"),
        ("?status=&sort=up", "invalid_status"),
        ("?sort=up", "invalid_sort"),
    ] {
        let code = page(query).await.err();
        assert!(matches!(&code, Some(Failure::Refused(_, code)) if *code == wanted), "{query} gives {code:?}");
    }
}

#[test]
fn reads_numbers_of_nine_digits_at_most() {
    assert_eq!((number("999999999"), number("007")), (Some(999_999_999), Some(7)));
    for text in ["", "1234567890", "+1", "-1", "1.5", "٣"] {
        assert_eq!(number(text), None, "{text}");
    }
}

#[test]
fn takes_an_order_only_as_a_whole() {
    let good = r#"{"customer_id":7,"items":[{"sku":"A-1","qty":100,"price_cents":0}],"note":"more"}"#;
    assert_eq!(read_order(good.as_bytes()).map(|order| (order.customer_id, order.items.len())), Some((7, 1)));
    for (from, to) in
        [("7", "\"7\""), ("A-1", "a-1"), ("100", "1.5"), ("100", "101"), ("\"price_cents\":0", "\"price\":0"), ("}]", "},null]")]
    {
        assert!(read_order(good.replace(from, to).as_bytes()).is_none(), "{to} instead of {from}");
    }
}
