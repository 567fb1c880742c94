//! Header fields: an ordered list with names that compare without case (RFC 9110 §5).
//!
//! They are a list and not a map: the order of fields with the same name has a meaning (RFC 9110 §5.3), a few dozen
//! entries are searched faster than hashed, and a head can be shown as it came. Values are bytes, because RFC 9110 §5.5
//! allows more than ASCII. Tested in `tests/clauses.rs`.

use std::borrow::Cow;
use std::fmt;

/// One field: `name: value`.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// The name, as it came or as it is to be sent.
    pub name: String,
    /// The value without the whitespace around it.
    pub value: Vec<u8>,
}

impl Field {
    /// The value as text. Bytes that are not UTF-8 show as U+FFFD; [`Field::value`] has them as they are.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.value)
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.name, self.text())
    }
}

/// The fields of a head or a trailer section, in order.
///
/// ```
/// use barewire_http1::Headers;
///
/// let mut headers = Headers::new();
/// headers.push("Accept", "text/html");
/// headers.push("accept", "text/plain, */*");
/// assert_eq!(headers.get("ACCEPT").as_deref(), Some("text/html"));
/// assert_eq!(headers.list("Accept"), ["text/html", "text/plain", "*/*"]);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers {
    fields: Vec<Field>,
}

/// Fields that can be looked up by name: [`Headers`], and those of a head that is being decided on.
pub(crate) trait Lookup {
    /// The values of all fields of this name, in order.
    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Cow<'a, [u8]>>;

    /// Whether there is a field of this name.
    fn has_field(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    /// The elements of a list-valued field, as [`Headers::list`] gives them.
    fn elements(&self, name: &str) -> Vec<String> {
        let mut elements = Vec::new();
        for value in self.values(name) {
            elements.extend(list_elements(&value).map(|e| String::from_utf8_lossy(e).into_owned()));
        }
        elements
    }

    /// Whether a list-valued field has this element; case does not matter.
    fn has_element(&self, name: &str, element: &str) -> bool {
        let is_it = |e: &[u8]| e.eq_ignore_ascii_case(element.as_bytes());
        self.values(name).any(|value| list_elements(&value).any(is_it))
    }
}

impl Lookup for Headers {
    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Cow<'a, [u8]>> {
        self.get_all(name).map(|field| Cow::Borrowed(field.value.as_slice()))
    }
}

impl Headers {
    /// No fields.
    pub fn new() -> Headers {
        Headers::default()
    }

    /// No fields, with room for as many.
    pub(crate) fn with_room(fields: usize) -> Headers {
        Headers { fields: Vec::with_capacity(fields) }
    }

    /// Adds a field at the end. Fields with the same name stay. The grammar is checked when the fields are sent.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.fields.push(Field { name: name.into(), value: value.into() });
    }

    /// Replaces all fields of this name by one, at the place of the first, or at the end.
    pub fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        let place = self.fields.iter().position(|field| field.name.eq_ignore_ascii_case(name));
        self.remove(name);
        let place = place.unwrap_or(self.fields.len());
        self.fields.insert(place, Field { name: name.to_owned(), value: value.into() });
    }

    /// Removes all fields of this name.
    pub fn remove(&mut self, name: &str) {
        self.fields.retain(|field| !field.name.eq_ignore_ascii_case(name));
    }

    /// The first field of this name, as text ([`Field::text`]).
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get_all(name).next().map(Field::text)
    }

    /// Every field of this name, in order.
    pub fn get_all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a Field> + use<'a, 'n> {
        self.fields.iter().filter(move |field| field.name.eq_ignore_ascii_case(name))
    }

    /// Whether there is a field of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.get_all(name).next().is_some()
    }

    /// The elements of a list-valued field: all fields of this name, joined by commas and taken apart again
    /// (RFC 9110 §5.6.1). Empty elements are dropped, as §5.6.1.2 tells a recipient to. A comma inside a quoted string
    /// does not separate elements.
    pub fn list(&self, name: &str) -> Vec<String> {
        self.elements(name)
    }

    /// Whether a list-valued field has this element; case does not matter: `has("Connection", "close")`.
    pub fn has(&self, name: &str, element: &str) -> bool {
        self.has_element(name, element)
    }

    /// All fields, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Field> {
        self.fields.iter()
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl<'a> IntoIterator for &'a Headers {
    type Item = &'a Field;
    type IntoIter = std::slice::Iter<'a, Field>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.fields).finish()
    }
}

/// `#element`: cut at commas outside quoted strings, trimmed, without the empty ones.
pub(crate) fn list_elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    // book: list
    let (mut quoted, mut escaped) = (false, false);
    let separates = move |byte: &u8| {
        // exercise: http06
        // instead: *byte == b','
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' => return !quoted,
            _ => {}
        }
        false
        // exercise: end
    };
    value.split(separates).map(<[u8]>::trim_ascii).filter(|element| !element.is_empty())
    // book: end
}
