//! Findings, packages and misconfigurations as expressions see them: fields are made when they are asked for, since an
//! image has thousands of the former and an expression names two or three of the latter.

use boltseal_evidence::{Finding, FixState, Misconfiguration, Package, Status};
use cel::ExecutionError;
use cel::common::traits::{Container, Indexer};
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelString, Type};
use cel::common::value::{CowVal, Val};

use super::variables::Extent;

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Record<'v> {
    Finding(&'v Finding),
    Package(&'v Package),
    Misconfiguration(&'v Misconfiguration),
}

const FINDING: [&str; 18] = [
    "id",
    "aliases",
    "severity",
    "score",
    "package",
    "version",
    "type",
    "purl",
    "path",
    "layer",
    "title",
    "fixable",
    "fixed_versions",
    "published",
    "kev",
    "ransomware",
    "epss",
    "status",
];
const PACKAGE: [&str; 7] = ["name", "version", "type", "purl", "licenses", "path", "layer"];
const MISCONFIGURATION: [&str; 5] = ["check", "severity", "message", "path", "suppressed"];

static FINDING_TYPE: Type = Type::new_struct_type("finding");
static PACKAGE_TYPE: Type = Type::new_struct_type("package");
static MISCONFIGURATION_TYPE: Type = Type::new_struct_type("misconfiguration");

type Boxed<'v> = Box<dyn Val + 'v>;

fn text<'v>(text: &'v str) -> Boxed<'v> {
    Box::new(CelString::from(text))
}

fn made<'v>(text: String) -> Boxed<'v> {
    Box::new(CelString::from(text))
}

fn truth<'v>(truth: bool) -> Boxed<'v> {
    Box::new(CelBool::from(truth))
}

fn number<'v>(number: usize) -> Boxed<'v> {
    Box::new(CelInt::from(i64::try_from(number).unwrap_or(i64::MAX)))
}

fn decimal<'v>(number: f64) -> Boxed<'v> {
    Box::new(CelDouble::from(number))
}

fn texts<'v>(texts: &'v [String]) -> Boxed<'v> {
    Box::new(CelList::from(texts.iter().map(|each| text(each)).collect::<Vec<Boxed<'v>>>()))
}

impl<'v> Record<'v> {
    /// The value of a field; what is absent has none, so that `has(…)` tells.
    fn field(self, name: &str) -> Option<Boxed<'v>> {
        match self {
            Self::Finding(finding) => of_finding(finding, name),
            Self::Package(package) => of_package(package, name),
            Self::Misconfiguration(found) => Some(match name {
                "check" => text(&found.rule),
                "severity" => text(found.severity.name()),
                "message" => text(&found.message),
                "path" => text(&found.path),
                "suppressed" => truth(found.suppression.is_some()),
                _ => return None,
            }),
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Finding(_) => &FINDING,
            Self::Package(_) => &PACKAGE,
            Self::Misconfiguration(_) => &MISCONFIGURATION,
        }
    }

    /// The most that hangs on it at one place, estimated from above.
    pub(super) fn extent(self) -> Extent {
        let (items, bytes): (usize, usize) = match self {
            Self::Finding(finding) => {
                let fixed = fixed_versions(finding);
                let lists = finding.aliases.iter().chain(fixed).map(String::len).max().unwrap_or(0);
                let package = &finding.package;
                let path = package.location.as_ref().map_or(0, |location| location.path.len());
                let single = [&finding.id, &finding.title, &package.name, &package.version, &package.purl];
                let longest = single.into_iter().map(String::len).max().unwrap_or(0);
                (finding.aliases.len().max(fixed.len()), lists.max(longest).max(path))
            }
            Self::Package(package) => {
                let path = package.locations.first().map_or(0, |location| location.path.len());
                let licences = package.licenses.iter().map(String::len).max().unwrap_or(0);
                let named = package.name.len() + package.namespace.as_ref().map_or(0, String::len);
                let qualified =
                    package.qualifiers.iter().map(|(key, value)| key.len() + value.len() + 2).sum::<usize>();
                let version = package.version.as_ref().map_or(0, String::len);
                let machine = package.architecture.as_ref().map_or(0, String::len);
                // A purl writes a byte as three at most.
                let purl = 3 * (named + version + qualified + machine) + 64;
                (package.licenses.len(), purl.max(path).max(licences))
            }
            Self::Misconfiguration(found) => (0, found.rule.len().max(found.message.len()).max(found.path.len())),
        };
        Extent { items: items as u64, bytes: bytes as u64 }
    }
}

fn fixed_versions(finding: &Finding) -> &[String] {
    match &finding.fix {
        FixState::Fixed { versions } => versions,
        _ => &[],
    }
}

fn of_finding<'v>(finding: &'v Finding, name: &str) -> Option<Boxed<'v>> {
    let package = &finding.package;
    Some(match name {
        "id" => text(&finding.id),
        "aliases" => texts(&finding.aliases),
        "severity" => text(finding.severity.name()),
        "score" => decimal(finding.ratings.iter().filter_map(|rating| rating.score).max_by(f64::total_cmp)?),
        "package" => text(&package.name),
        "version" => text(&package.version),
        "type" => text(package.kind.name()),
        "purl" => text(&package.purl),
        "path" => text(&package.location.as_ref()?.path),
        "layer" => number(package.layer?),
        "title" => text(&finding.title),
        "fixable" => truth(finding.fix.is_fixed()),
        "fixed_versions" => texts(fixed_versions(finding)),
        "published" => text(finding.published.as_ref()?),
        "kev" => truth(finding.known_exploited.is_some()),
        "ransomware" => truth(finding.known_exploited.as_ref().is_some_and(|listed| listed.ransomware)),
        "epss" => decimal(finding.epss?.probability),
        "status" => text(match finding.status {
            Status::Affected => "affected",
            Status::VendorAnswers { .. } => "vendor-answers",
            Status::Suppressed(_) => "suppressed",
        }),
        _ => return None,
    })
}

fn of_package<'v>(package: &'v Package, name: &str) -> Option<Boxed<'v>> {
    Some(match name {
        "name" if package.namespace.is_none() => text(&package.name),
        "name" => made(package.full_name()),
        "version" => text(package.version.as_ref()?),
        "type" => text(package.kind.name()),
        "purl" => made(package.purl()),
        "licenses" => texts(&package.licenses),
        "path" => text(&package.locations.first()?.path),
        "layer" => number(package.layer?),
        _ => return None,
    })
}

fn name_of(key: &dyn Val) -> Result<&str, ExecutionError> {
    key.downcast_ref::<CelString>().map(CelString::inner).ok_or_else(|| ExecutionError::UnexpectedType {
        got: key.get_type().name().to_owned(),
        want: "string".to_owned(),
    })
}

impl<'v> Val for Record<'v> {
    fn get_type(&self) -> &Type {
        match self {
            Self::Finding(_) => &FINDING_TYPE,
            Self::Package(_) => &PACKAGE_TYPE,
            Self::Misconfiguration(_) => &MISCONFIGURATION_TYPE,
        }
    }

    fn cel_type() -> &'static Type {
        // No function is declared for them, so that nobody asks.
        &FINDING_TYPE
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'w>(&'b self) -> Option<&'b (dyn Indexer + 'w)>
    where
        Self: 'w,
    {
        Some(self)
    }

    fn into_indexer<'w>(self: Box<Self>) -> Option<Box<dyn Indexer + 'w>>
    where
        Self: 'w,
    {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        let Some(fields) = other.as_indexer().filter(|_| other.get_type().name() == self.get_type().name()) else {
            return false;
        };
        self.names().iter().all(|name| match (self.field(name), fields.get(&CelString::from(*name)).ok()) {
            (None, None) => true,
            (Some(own), Some(other)) => own.equals(&*other),
            _ => false,
        })
    }

    fn clone_as_boxed<'w>(&self) -> Box<dyn Val + 'w>
    where
        Self: 'w,
    {
        Box::new(*self)
    }
}

impl Container for Record<'_> {
    fn contains(&self, key: &dyn Val) -> Result<bool, ExecutionError> {
        Ok(self.field(name_of(key)?).is_some())
    }
}

impl<'v> Indexer for Record<'v> {
    fn get<'b, 'w>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'w>, ExecutionError>
    where
        Self: 'w,
    {
        let name = name_of(key)?;
        self.field(name)
            .map(|value| CowVal::Owned(value as Box<dyn Val + 'w>))
            .ok_or_else(|| ExecutionError::no_such_key(name))
    }

    fn steal<'w>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'w>, ExecutionError>
    where
        Self: 'w,
    {
        let name = name_of(key)?;
        self.field(name).map(|value| value as Box<dyn Val + 'w>).ok_or_else(|| ExecutionError::no_such_key(name))
    }
}
