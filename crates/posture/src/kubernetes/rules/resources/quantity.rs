//! Amounts as Kubernetes writes them: `500m`, `1.5Gi`, `1e3`.

use crate::yaml::Node;

/// An amount in thousandths; `None` where it is none, or a placeholder.
pub(super) fn thousandths(node: &Node) -> Option<i128> {
    parse(node.as_str()?)
}

fn parse(text: &str) -> Option<i128> {
    let text = text.trim();
    let end = text.find(|each: char| !each.is_ascii_digit() && each != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && part.is_empty()) || whole.len() > 18 || part.len() > 18 {
        return None;
    }
    // Thousandths of the number, with parts of a thousandth kept as billionths until the unit is known.
    let billion = 1_000_000_000_i128;
    let mut value =
        whole.parse::<i128>().or(if whole.is_empty() { Ok(0) } else { Err(()) }).ok()?.checked_mul(billion)?;
    let digits: String = part.chars().chain(std::iter::repeat('0')).take(9).collect();
    value += digits.parse::<i128>().ok()?;
    let (factor, divisor): (i128, i128) = match unit {
        "" => (1, 1),
        "n" => (1, 1_000_000_000),
        "u" => (1, 1_000_000),
        "m" => (1, 1000),
        "k" => (1000, 1),
        "M" => (1_000_000, 1),
        "G" => (1_000_000_000, 1),
        "T" => (1_000_000_000_000, 1),
        "P" => (1_000_000_000_000_000, 1),
        "E" => (1_000_000_000_000_000_000, 1),
        "Ki" => (1 << 10, 1),
        "Mi" => (1 << 20, 1),
        "Gi" => (1 << 30, 1),
        "Ti" => (1 << 40, 1),
        "Pi" => (1 << 50, 1),
        "Ei" => (1 << 60, 1),
        _ => (power(unit)?, 1),
    };
    Some(value.checked_mul(factor)? / divisor / (billion / 1000))
}

/// `e3` or `E3`.
fn power(unit: &str) -> Option<i128> {
    let exponent: u32 = unit.strip_prefix(['e', 'E'])?.trim_start_matches('+').parse().ok()?;
    (exponent <= 18).then(|| 10_i128.pow(exponent))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn amounts_are_read_as_kubernetes_reads_them() {
        let table = [
            ("1", Some(1000)),
            ("500m", Some(500)),
            ("0.5", Some(500)),
            (".25", Some(250)),
            ("1.5Gi", Some(1_610_612_736_000)),
            ("128M", Some(128_000_000_000)),
            ("1e3", Some(1_000_000)),
            ("100u", Some(0)),
            ("", None),
            ("lots", None),
            ("${CPU}", None),
            ("1GB", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
