//! A reply as plain text, for the terminal and for other programs.

use super::{Block, Reply, Span};

impl Reply {
    /// The blocks as plain text, a blank line between them. Buttons are left out.
    pub fn plain(&self) -> String {
        let blocks: Vec<String> = self.blocks.iter().map(block).collect();
        blocks.join("\n\n")
    }
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(text) => text.clone(),
        Block::Paragraph(spans) | Block::Note(spans) => line(spans),
        Block::Bullets(items) => items
            .iter()
            .map(|item| format!("- {}", line(item)))
            .collect::<Vec<_>>()
            .join("\n"),
        Block::Steps(items) => items
            .iter()
            .enumerate()
            .map(|(n, item)| format!("{}. {}", n + 1, line(item)))
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

fn line(spans: &[Span]) -> String {
    spans
        .iter()
        .map(|span| match span {
            Span::Text(text) | Span::Strong(text) | Span::Emphasis(text) => text.clone(),
            Span::Link { text, url } if text == url => url.clone(),
            Span::Link { text, url } => format!("{text} ({url})"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_numbered_and_links_are_written_out() {
        let reply = Reply {
            blocks: vec![
                Block::Paragraph(vec![Span::Text("Doe dit:".into())]),
                Block::Steps(vec![
                    vec![Span::Text("Bel.".into())],
                    vec![Span::Link {
                        text: "Kijk hier".into(),
                        url: "https://a.nl".into(),
                    }],
                ]),
            ],
            buttons: Vec::new(),
        };
        assert_eq!(
            reply.plain(),
            "Doe dit:\n\n1. Bel.\n2. Kijk hier (https://a.nl)"
        );
    }
}
