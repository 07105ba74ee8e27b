//! Redirections, and the texts of here-documents behind the line that begins them.

use super::{DEEPEST_SCRIPT, Pending, Reader};
use crate::dockerfile::shell::Redirect;
use crate::dockerfile::syntax::Word;

impl Reader<'_, '_> {
    pub(super) fn at_redirect(&self) -> bool {
        let rest = self.bytes().get(self.at..).unwrap_or_default();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).take(4).count();
        match (rest.get(digits), rest.get(digits + 1)) {
            (Some(b'<' | b'>'), Some(b'(')) => digits > 0,
            (Some(b'<' | b'>'), _) => true,
            (Some(b'&'), Some(b'>')) => digits == 0,
            _ => false,
        }
    }

    pub(super) fn redirect(&mut self) -> Redirect {
        let start = self.at;
        self.at = self.run_until(|byte| !byte.is_ascii_digit());
        let rest = self.text.as_str().get(self.at..).unwrap_or_default();
        let operators = ["<<<", "<<-", "&>>", "<<", "<>", "<&", ">>", ">|", ">&", "&>"];
        self.at += operators.iter().find(|each| rest.starts_with(**each)).map_or(1, |each| each.len());
        let operator = self.text.as_str().get(start..self.at).unwrap_or_default().to_owned();
        let target = self.argument();
        if target.is_none() {
            self.broken(start, self.at);
        }
        let target = target.map_or_else(
            || Word { text: String::new(), span: self.text.span(start, self.at) },
            |target| self.written(&target),
        );
        let redirect = Redirect { operator, target, body: None };
        if is_heredoc(&redirect) {
            let (name, strip) = (redirect.target.text.clone(), redirect.operator.ends_with('-'));
            self.pending.push(Pending { name, strip, call: None, script: false });
        }
        redirect
    }

    pub(super) fn heredoc_bodies(&mut self) {
        for pending in self.pending() {
            let start = self.at;
            let mut end = self.bytes().len();
            while self.at < self.bytes().len() {
                let line_start = self.at;
                let line_end = self.run_until(|byte| byte == b'\n');
                let line = self.text.as_str().get(line_start..line_end).unwrap_or_default();
                self.at = (line_end + 1).min(self.bytes().len());
                let line = line.strip_suffix('\r').unwrap_or(line);
                if (if pending.strip { line.trim_start_matches('\t') } else { line }) == pending.name {
                    end = line_start;
                    break;
                }
            }
            let body = self.text.span(start, end);
            if let Some((call, redirect)) = pending.call
                && let Some(found) = self.output.commands.get_mut(call)
                && let Some(redirect) = found.call.redirects.get_mut(redirect)
            {
                redirect.body = Some(body);
            }
            if pending.script && self.level.nesting < DEEPEST_SCRIPT {
                let script = self.text.part(start, end);
                let level = self.inner(false);
                Reader::new(&script, self.output, level).run();
            }
        }
    }
}

pub(super) fn is_heredoc(redirect: &Redirect) -> bool {
    redirect.operator.ends_with("<<") || redirect.operator.ends_with("<<-")
}
