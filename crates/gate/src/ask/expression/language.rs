//! Compiling and evaluating CEL within bounds.

use std::sync::{Arc, OnceLock};

use cel::common::ast::{EntryExpr, Expr, IdedExpr};
use cel::{Context, Env, ExecutionError, Program, Value};

use super::variables::{Extent, NAMES, Variables};
use crate::policy::{self, seconds};

/// Bytes of an expression.
const LONGEST: usize = 4_096;
/// Comprehensions within each other.
const DEEPEST: usize = 3;
/// Steps that an evaluation may take, by an estimate from above.
const MOST_STEPS: u64 = 1_000_000;
/// Items of a list whose length is not known, at least.
const SMALL: u64 = 32;
/// Bytes of a text that a function goes through in one step.
const BYTES_A_STEP: u64 = 256;

/// The functions of the language that are there, and ours.
const FUNCTIONS: [&str; 17] = [
    "bool",
    "bytes",
    "contains",
    "days_since",
    "double",
    "dyn",
    "endsWith",
    "hasValue",
    "int",
    "matches",
    "orValue",
    "severity",
    "size",
    "startsWith",
    "string",
    "type",
    "uint",
];
/// Names of types, which `type(x)` is compared with.
const TYPES: [&str; 10] = ["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"];

/// What is known of an expression before it is evaluated.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    /// The variables that it names.
    pub(super) variables: Vec<&'static str>,
}

fn environment() -> Arc<Env> {
    static ENVIRONMENT: OnceLock<Arc<Env>> = OnceLock::new();
    Arc::clone(ENVIRONMENT.get_or_init(|| Arc::new(Env::stdlib().with_optional_support(true))))
}

/// Compiles an expression.
///
/// # Errors
/// What is wrong with it, with line and column within it.
pub(super) fn compile(text: &str) -> Result<(Program, Bounds), String> {
    if text.len() > LONGEST {
        return Err(format!("the expression is longer than {LONGEST} bytes: write several rules"));
    }
    let program = environment().compile(text).map_err(|errors| {
        let first = errors.errors.first();
        let (line, column) = first.map_or((1, 1), |error| error.pos);
        let message = first.map_or_else(String::new, |error| one_line(&error.msg));
        format!("not CEL at line {line}, column {column} of the expression: {message}")
    })?;
    let mut reader = Reader::default();
    reader.walk(program.expression(), &mut Vec::new(), 0)?;
    Ok((program, reader.bounds))
}

#[derive(Default)]
struct Reader {
    bounds: Bounds,
}

impl Reader {
    /// `bound` are the names that comprehensions around the expression give.
    fn walk<'e>(&mut self, expression: &'e IdedExpr, bound: &mut Vec<&'e str>, depth: usize) -> Result<(), String> {
        match &expression.expr {
            Expr::Unspecified | Expr::Literal(_) => {}
            Expr::Ident(name) => self.name(name, bound)?,
            Expr::Select(select) => self.walk(&select.operand, bound, depth)?,
            Expr::Call(call) => {
                let name = call.func_name.as_str();
                if name.starts_with(|first: char| first.is_ascii_alphabetic()) && !FUNCTIONS.contains(&name) {
                    return Err(policy::unknown(name, "a function that is known here", &FUNCTIONS));
                }
                for each in call.target.iter().map(AsRef::as_ref).chain(&call.args) {
                    self.walk(each, bound, depth)?;
                }
            }
            Expr::List(list) => {
                for each in &list.elements {
                    self.walk(each, bound, depth)?;
                }
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    self.entry(&entry.expr, bound, depth)?;
                }
            }
            Expr::Struct(_) => return Err("there are no messages here: write a map, `{…}`".to_owned()),
            Expr::Comprehension(comprehension) => {
                if depth >= DEEPEST {
                    return Err(format!("more than {DEEPEST} of `all`, `exists`, `map`, … within each other"));
                }
                self.walk(&comprehension.iter_range, bound, depth)?;
                self.walk(&comprehension.accu_init, bound, depth)?;
                let before = bound.len();
                bound.push(&comprehension.accu_var);
                self.walk(&comprehension.result, bound, depth)?;
                bound.push(&comprehension.iter_var);
                bound.extend(comprehension.iter_var2.as_deref());
                self.walk(&comprehension.loop_cond, bound, depth + 1)?;
                self.walk(&comprehension.loop_step, bound, depth + 1)?;
                bound.truncate(before);
            }
        }
        Ok(())
    }

    fn entry<'e>(&mut self, entry: &'e EntryExpr, bound: &mut Vec<&'e str>, depth: usize) -> Result<(), String> {
        match entry {
            EntryExpr::StructField(field) => self.walk(&field.value, bound, depth),
            EntryExpr::MapEntry(entry) => {
                self.walk(&entry.key, bound, depth)?;
                self.walk(&entry.value, bound, depth)
            }
        }
    }

    fn name(&mut self, name: &str, bound: &[&str]) -> Result<(), String> {
        if name.starts_with('@') || bound.contains(&name) || TYPES.contains(&name) {
            return Ok(());
        }
        match NAMES.iter().find(|known| **known == name) {
            Some(known) => {
                if !self.bounds.variables.contains(known) {
                    self.bounds.variables.push(known);
                }
                Ok(())
            }
            None => Err(policy::unknown(name, "a variable that is known here", &NAMES)),
        }
    }
}

/// Whether an expression holds.
///
/// # Errors
/// Why it cannot be told.
pub(super) fn holds(program: &Program, bounds: &Bounds, variables: &Variables<'_>) -> Result<bool, String> {
    let within = bounds.variables.iter().map(|name| variables.within(name)).fold(Extent::default(), Extent::max);
    let steps = Estimate { variables, within }.steps(program.expression());
    if steps > MOST_STEPS {
        return Err(format!("it would take some {steps} steps, of which {MOST_STEPS} are allowed"));
    }
    let mut context = Context::with_env(environment());
    let now = variables.now();
    let added = context
        .add_function("severity", |text: Arc<String>| {
            let rank = text.parse::<boltseal_evidence::Severity>().map(|severity| severity as i64);
            rank.map_err(|_| ExecutionError::function_error("severity", format!("`{text}` is no severity")))
        })
        .and_then(|()| {
            context.add_function("days_since", move |text: Arc<String>| {
                let days = seconds(&text).map(|at| now.saturating_sub(at).div_euclid(policy::DAY));
                days.ok_or_else(|| ExecutionError::function_error("days_since", format!("`{text}` is no time")))
            })
        });
    added.map_err(|error| error.to_string())?;
    context.set_variable_resolver(variables);
    match program.execute(&context) {
        Ok(Value::Bool(truth)) => Ok(truth),
        Ok(other) => Err(format!("it is {}, neither true nor false", other.type_of())),
        Err(error) => Err(one_line(&error.to_string())),
    }
}

/// An estimate from above of how many steps an evaluation takes.
struct Estimate<'b, 'a> {
    variables: &'b Variables<'a>,
    /// The most that hangs on what is named: an attestation may have millions of components.
    within: Extent,
}

impl Estimate<'_, '_> {
    fn steps(&self, expression: &IdedExpr) -> u64 {
        let all = |each: &[IdedExpr]| each.iter().map(|each| self.steps(each)).fold(0, u64::saturating_add);
        let below = match &expression.expr {
            Expr::Unspecified | Expr::Literal(_) | Expr::Ident(_) | Expr::Struct(_) => 0,
            Expr::Select(select) => self.steps(&select.operand),
            Expr::Call(call) => call
                .target
                .as_ref()
                .map_or(0, |target| self.steps(target))
                .saturating_add(all(&call.args))
                .saturating_add(self.within.bytes / BYTES_A_STEP),
            Expr::List(list) => all(&list.elements),
            Expr::Map(map) => map.entries.iter().fold(0_u64, |sum, entry| {
                sum.saturating_add(match &entry.expr {
                    EntryExpr::StructField(field) => self.steps(&field.value),
                    EntryExpr::MapEntry(entry) => self.steps(&entry.key).saturating_add(self.steps(&entry.value)),
                })
            }),
            Expr::Comprehension(comprehension) => {
                let items = self.length(&comprehension.iter_range);
                let each = self.steps(&comprehension.loop_step).saturating_add(self.steps(&comprehension.loop_cond));
                // A list that grows is copied for every item that it takes in.
                let copies = match &comprehension.accu_init.expr {
                    Expr::List(_) | Expr::Map(_) => items / 8,
                    _ => 0,
                };
                items
                    .saturating_mul(each.saturating_add(copies) / 8 + 1)
                    .saturating_add(self.steps(&comprehension.iter_range))
                    .saturating_add(self.steps(&comprehension.result))
            }
        };
        below.saturating_add(1)
    }

    /// The number of items that a comprehension goes through.
    fn length(&self, range: &IdedExpr) -> u64 {
        let unknown = self.within.items.max(SMALL);
        match &range.expr {
            Expr::Ident(name) => self.variables.length(name).unwrap_or(unknown),
            Expr::List(list) => list.elements.len() as u64,
            Expr::Map(map) => map.entries.len() as u64,
            // What `filter` and `map` leave is no longer than what they were given.
            Expr::Comprehension(inner) => self.length(&inner.iter_range),
            // Lists can be joined.
            Expr::Call(call) => {
                let parts = call.target.iter().map(AsRef::as_ref).chain(&call.args);
                parts.map(|part| self.length(part)).fold(0, u64::saturating_add).max(unknown)
            }
            _ => unknown,
        }
    }
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(300).collect()
}
