//! Given: starts the program. Your work is in src/gateway.rs.

fn main() {
    shop::shared::run::run("gateway", "8080", shop::gateway::serve);
}
