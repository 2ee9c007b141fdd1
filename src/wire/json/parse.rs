//! The strict parser.

use std::borrow::Cow;

use super::number::is_finite;
use super::{Fault, MAX_DEPTH, Member, Node, Object, Unreadable, Value, by_key};

/// Reads exactly one JSON value.
pub fn parse(bytes: &[u8]) -> Result<Node<'_>, Unreadable> {
    let text =
        std::str::from_utf8(bytes).map_err(|error| Unreadable { at: error.valid_up_to(), fault: Fault::NotUtf8 })?;
    if text.starts_with('\u{feff}') {
        return Err(Unreadable { at: 0, fault: Fault::ByteOrderMark });
    }
    let mut reader = Reader { text, at: 0, depth: 0 };
    reader.skip_space();
    let node = reader.node()?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(node),
        Some(_) => Err(reader.fault(Fault::Trailing)),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault(&self, fault: Fault) -> Unreadable {
        Unreadable { at: self.at, fault }
    }

    /// The fault at a place where something else had to stand.
    fn unexpected(&self) -> Unreadable {
        self.fault(if self.peek().is_none() { Fault::Ends } else { Fault::Unexpected })
    }

    fn since(&self, start: usize) -> Result<&'a str, Unreadable> {
        self.text.get(start..self.at).ok_or(Unreadable { at: start, fault: Fault::Unexpected })
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Unreadable> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn node(&mut self) -> Result<Node<'a>, Unreadable> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object()?,
            Some(b'[') => self.array()?,
            Some(b'"') => Value::String(self.string()?.0),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            Some(_) | None => return Err(self.unexpected()),
        };
        Ok(Node { text: self.since(start)?, value })
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, Unreadable> {
        for byte in word.bytes() {
            self.expect(byte)?;
        }
        Ok(value)
    }

    fn descend(&mut self) -> Result<(), Unreadable> {
        if self.depth == MAX_DEPTH {
            return Err(self.fault(Fault::TooDeep));
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    fn ascend(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    fn array(&mut self) -> Result<Value<'a>, Unreadable> {
        self.descend()?;
        let mut elements = Vec::new();
        if self.peek() != Some(b']') {
            loop {
                elements.push(self.node()?);
                self.skip_space();
                if self.peek() != Some(b',') {
                    break;
                }
                self.at += 1;
                self.skip_space();
            }
        }
        if self.peek() != Some(b']') {
            return Err(self.unexpected());
        }
        self.ascend();
        Ok(Value::Array(elements))
    }

    fn object(&mut self) -> Result<Value<'a>, Unreadable> {
        self.descend()?;
        let mut members: Vec<Member<'a>> = Vec::new();
        if self.peek() != Some(b'}') {
            loop {
                let (key, key_text) = self.string()?;
                self.skip_space();
                self.expect(b':')?;
                self.skip_space();
                members.push(Member { key, key_text, node: self.node()? });
                self.skip_space();
                if self.peek() != Some(b',') {
                    break;
                }
                self.at += 1;
                self.skip_space();
            }
        }
        if self.peek() != Some(b'}') {
            return Err(self.unexpected());
        }
        self.ascend();
        if let Some(key_text) = repeated_key(&members) {
            let at = key_text.as_ptr().addr() - self.text.as_ptr().addr();
            return Err(Unreadable { at, fault: Fault::DuplicateKey });
        }
        Ok(Value::Object(Object { members }))
    }

    /// The string at the cursor, decoded and as written.
    fn string(&mut self) -> Result<(Cow<'a, str>, &'a str), Unreadable> {
        let start = self.at;
        self.expect(b'"')?;
        let content = self.at;
        let mut decoded: Option<String> = None;
        let mut plain_from = content;
        loop {
            match self.peek() {
                None => return Err(self.fault(Fault::Ends)),
                Some(b'"') => {
                    let plain = self.since(plain_from)?;
                    self.at += 1;
                    let string = match decoded {
                        None => Cow::Borrowed(plain),
                        Some(mut decoded) => {
                            decoded.push_str(plain);
                            Cow::Owned(decoded)
                        }
                    };
                    return Ok((string, self.since(start)?));
                }
                Some(b'\\') => {
                    let decoded = decoded.get_or_insert_default();
                    decoded.push_str(self.since(plain_from)?);
                    self.at += 1;
                    decoded.push(self.escape()?);
                    plain_from = self.at;
                }
                Some(0..=0x1f) => return Err(self.fault(Fault::ControlCharacter)),
                Some(_) => self.skip_plain(),
            }
        }
    }

    /// Goes on to the next byte that means something inside a string, or to the end.
    fn skip_plain(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
        self.at += plain.unwrap_or(rest.len());
    }

    /// The character that an escape stands for; the cursor is behind the backslash.
    fn escape(&mut self) -> Result<char, Unreadable> {
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            Some(_) => return Err(self.fault(Fault::BadEscape)),
            None => return Err(self.fault(Fault::Ends)),
        };
        self.at += 1;
        Ok(character)
    }

    fn unicode_escape(&mut self) -> Result<char, Unreadable> {
        let start = self.at;
        let lone = Unreadable { at: start, fault: Fault::LoneSurrogate };
        let first = self.four_hex_digits()?;
        let scalar = match first {
            0xd800..=0xdbff => {
                if self.text.as_bytes().get(self.at..self.at + 2) != Some(b"\\u") {
                    return Err(lone);
                }
                self.at += 2;
                let second = self.four_hex_digits()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(lone);
                }
                0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            _ => first,
        };
        char::from_u32(scalar).ok_or(lone)
    }

    fn four_hex_digits(&mut self) -> Result<u32, Unreadable> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = match self.peek() {
                Some(byte) => char::from(byte).to_digit(16).ok_or(self.fault(Fault::BadEscape))?,
                None => return Err(self.fault(Fault::Ends)),
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    /// A number by the grammar of RFC 8259, section 6, that a double can hold.
    fn number(&mut self) -> Result<&'a str, Unreadable> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let whole = self.at;
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            Some(_) | None => return Err(self.unexpected()),
        }
        let whole = self.since(whole)?;
        let mut fraction = "";
        if self.peek() == Some(b'.') {
            self.at += 1;
            let start = self.at;
            self.digits()?;
            fraction = self.since(start)?;
        }
        let mut exponent = "0";
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            let start = self.at;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
            exponent = self.since(start)?;
        }
        if is_finite(whole, fraction, exponent) {
            self.since(start)
        } else {
            Err(Unreadable { at: start, fault: Fault::NumberOverflows })
        }
    }

    fn digits(&mut self) -> Result<(), Unreadable> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.unexpected());
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }
}

/// The second of two equal keys, as it was written. Comparing each pair is fastest for the few keys that messages have;
/// past that, sorting keeps a hostile object from costing the square of its size.
fn repeated_key<'a>(members: &[Member<'a>]) -> Option<&'a str> {
    const FEW: usize = 12;
    if members.len() <= FEW {
        let mut rest = members;
        while let Some((first, others)) = rest.split_first() {
            if let Some(other) = others.iter().find(|other| other.key == first.key) {
                return Some(other.key_text);
            }
            rest = others;
        }
        return None;
    }
    by_key(members).windows(2).find_map(|pair| match pair {
        [first, second] if first.key == second.key => Some(second.key_text),
        _ => None,
    })
}
