//! Calls with a file in them (`multipart/form-data`, RFC 7578), as far as a bot makes them.

use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::Refusal;

/// What parts the parts; `None` when the call is of another kind.
pub(super) fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let rest = kind.strip_prefix("multipart/form-data")?;
    let (_, boundary) = rest.split_once("boundary=")?;
    Some(boundary.trim_matches('"').to_owned())
}

/// The arguments as JSON; files stand in `files` under the name of their part.
pub(super) fn arguments(bytes: &[u8], boundary: &str) -> Result<Value, Refusal> {
    let text = String::from_utf8_lossy(bytes);
    let mut arguments = json!({"files": {}});
    // What stands before the first boundary is nothing, and behind the last one stand two dashes.
    for part in text.split(&format!("--{boundary}")).skip(1) {
        if part.starts_with("--") {
            return Ok(arguments);
        }
        let (head, content) = part
            .trim_start_matches("\r\n")
            .split_once("\r\n\r\n")
            .ok_or_else(malformed)?;
        let content = content.strip_suffix("\r\n").ok_or_else(malformed)?;
        let name = quoted(head, "name").ok_or_else(malformed)?;
        match quoted(head, "filename") {
            Some(file) => arguments["files"][name] = json!({"name": file, "content": content}),
            None => {
                arguments[name] = serde_json::from_str(content).unwrap_or_else(|_| json!(content));
            }
        }
    }
    Err(malformed())
}

/// The value of a field such as `name="chat_id"`.
fn quoted<'a>(head: &'a str, field: &str) -> Option<&'a str> {
    let (_, rest) = head.split_once(&format!("; {field}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

fn malformed() -> Refusal {
    Refusal::new(400, "Bad Request: the parts of the call cannot be read")
}
