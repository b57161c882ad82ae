//! Given: starts the program. Your work is in src/catalog.rs.

fn main() {
    shop::shared::run::run("catalog", "50051", shop::catalog::serve);
}
