//! Rebuilds when a migration is added: `sqlx::migrate!` reads the folder at build time and stable Rust
//! does not notice a new file by itself.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
