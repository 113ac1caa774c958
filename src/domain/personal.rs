//! The kinds of personal data that the bot recognises.

use serde::{Deserialize, Serialize};

/// A kind of personal data, as it is named in the `ask --jsonl` contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PersonalDataKind {
    /// Citizen service number: nine digits (or eight with a lost leading zero) that pass the 11-test.
    Bsn,
    /// Bank account number with a valid mod-97 check; one from before IBAN where words say so.
    Iban,
    /// Payment card number with a valid Luhn check.
    Card,
    /// Number of a passport, identity card, driving licence or residence permit, and the V-number.
    Document,
    /// Password, PIN, or a code of DigiD.
    Password,
    /// Phone number of a person (numbers of help lines are no personal data).
    Phone,
    /// E-mail address.
    Email,
    /// Street with house number, or postcode with house number.
    Address,
    /// Date of birth.
    Birthdate,
    /// Name of a person: after "ik ben", "mijn naam is", "mevrouw" and the like, or below a letter.
    Name,
}
