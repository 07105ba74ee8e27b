//! Promise: an editor gets diagnostics, hovers and quick fixes from `boltseal lsp`, over the protocol as it is written.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::Program;

/// No answer takes longer, or there will be none.
const PATIENCE: Duration = Duration::from_secs(60);

const BAD: &str = "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nUSER 1000\nCMD [\"curl\"]\n";

/// The other side of the conversation. Ends the server when it is dropped.
struct Editor {
    server: Child,
    to: Option<ChildStdin>,
    from: Receiver<Value>,
    requests: i64,
}

impl Editor {
    fn start(program: &Program) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_boltseal"));
        command.arg("lsp").current_dir(program.path()).env("HOME", program.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut server = command.spawn().unwrap();
        let (sender, from) = channel();
        let mut stdout = BufReader::new(server.stdout.take().unwrap());
        std::thread::spawn(move || {
            while let Some(message) = read(&mut stdout) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let to = server.stdin.take();
        Self { server, to, from, requests: 0 }
    }

    /// Started, and past the greeting.
    fn greet(program: &Program, capabilities: &Value) -> (Self, Value) {
        let mut editor = Self::start(program);
        let greeting = json!({ "processId": null, "rootUri": null, "capabilities": capabilities });
        let answer = editor.ask("initialize", greeting)["result"].clone();
        editor.tell("initialized", json!({}));
        (editor, answer)
    }

    fn raw(&mut self, bytes: &[u8]) {
        let to = self.to.as_mut().unwrap();
        // A server that has ended does not listen.
        let _ = to.write_all(bytes).and_then(|()| to.flush());
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The answer to a request: its `result` or `error`.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let id = self.requests;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        let answer = self.hear();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    fn hear(&mut self) -> Value {
        self.from.recv_timeout(PATIENCE).expect("the server says something")
    }

    fn open(&mut self, uri: &str, text: &str) -> Vec<Value> {
        let item = json!({ "uri": uri, "languageId": "x", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": item }));
        self.diagnostics(uri, &json!(1))
    }

    fn change(&mut self, uri: &str, version: i64, text: &str) -> Vec<Value> {
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
        self.diagnostics(uri, &json!(version))
    }

    fn diagnostics(&mut self, uri: &str, version: &Value) -> Vec<Value> {
        let told = self.hear();
        assert_eq!(told["method"], "textDocument/publishDiagnostics", "{told}");
        assert_eq!(told["params"]["uri"], uri);
        assert_eq!(told["params"].get("version").unwrap_or(&Value::Null), version);
        told["params"]["diagnostics"].as_array().unwrap().clone()
    }

    fn actions(&mut self, uri: &str, range: &Value, only: &[&str]) -> Vec<Value> {
        let mut context = json!({ "diagnostics": [] });
        if !only.is_empty() {
            context["only"] = json!(only);
        }
        let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
        self.ask("textDocument/codeAction", params)["result"].as_array().unwrap().clone()
    }

    /// Waits for the end and gives the exit status.
    fn end(mut self) -> Option<i32> {
        drop(self.to.take());
        let start = std::time::Instant::now();
        loop {
            if let Some(status) = self.server.try_wait().unwrap() {
                return status.code();
            }
            assert!(start.elapsed() < PATIENCE, "the server did not end");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn complaint(&mut self) -> String {
        let mut text = String::new();
        self.server.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The next message, by its header.
fn read(from: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.strip_suffix("\r\n").expect("a header line ends in CRLF");
        if line.is_empty() {
            break;
        }
        if let Some(number) = line.strip_prefix("Content-Length: ") {
            length = number.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}

fn coded<'d>(diagnostics: &'d [Value], code: &str) -> Option<&'d Value> {
    diagnostics.iter().find(|diagnostic| diagnostic["code"] == code)
}

fn codes(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().filter_map(|diagnostic| diagnostic["code"].as_str()).collect()
}

fn titled<'a>(actions: &'a [Value], part: &str) -> &'a Value {
    let found = actions.iter().find(|action| action["title"].as_str().unwrap().contains(part));
    found.unwrap_or_else(|| panic!("no `{part}` in {actions:#?}"))
}

/// The offset of a position whose columns count UTF-16 units.
fn offset(text: &str, position: &Value) -> usize {
    let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut units = position["character"].as_u64().unwrap();
    let mut at = start;
    for character in text[start..].chars() {
        if units == 0 {
            break;
        }
        units -= character.len_utf16() as u64;
        at += character.len_utf8();
    }
    at
}

/// The text after an action, as an editor applies it.
fn applied(text: &str, action: &Value, uri: &str) -> String {
    let mut edits: Vec<(usize, usize, &str)> = action["edit"]["changes"][uri]
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (offset(text, &range["start"]), offset(text, &range["end"]), edit["newText"].as_str().unwrap())
        })
        .collect();
    edits.sort_unstable();
    let mut text = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}

#[test]
fn an_opened_file_gets_diagnostics_with_range_code_and_page() {
    let program = Program::new();
    let (mut editor, answer) = Editor::greet(&program, &json!({}));
    assert_eq!(answer["serverInfo"]["name"], "boltseal");
    assert_eq!(answer["capabilities"]["positionEncoding"], "utf-16");
    let diagnostics = editor.open("file:///app/Dockerfile", BAD);
    let found = coded(&diagnostics, "BS-D164").expect("recommended packages");
    assert_eq!(found["range"]["start"], json!({ "line": 1, "character": 22 }));
    assert_eq!(found["range"]["end"], json!({ "line": 1, "character": 45 }));
    assert_eq!(found["source"], "boltseal");
    assert!(found["codeDescription"]["href"].as_str().unwrap().starts_with("https://"), "{found}");
    let diagnostics = editor.change("file:///app/Dockerfile", 2, &BAD.replace("-y", "-y --no-install-recommends"));
    assert!(coded(&diagnostics, "BS-D164").is_none(), "{diagnostics:#?}");
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": "file:///app/Dockerfile" } }));
    assert_eq!(editor.diagnostics("file:///app/Dockerfile", &Value::Null), Vec::<Value>::new());
}

#[test]
fn columns_are_counted_in_the_units_that_were_agreed_on() {
    let text = "FROM debian:12@sha256:0000000000000000000000000000000000000000000000000000000000000000\n\
                RUN echo \"é😀\" && apt-get install -y curl\nUSER 1000\n";
    let column = |capabilities: Value, encoding: &str| {
        let program = Program::new();
        let (mut editor, answer) = Editor::greet(&program, &capabilities);
        assert_eq!(answer["capabilities"]["positionEncoding"], encoding);
        let diagnostics = editor.open("file:///Dockerfile", text);
        coded(&diagnostics, "BS-D164").unwrap()["range"]["start"]["character"].as_u64().unwrap()
    };
    let before = "RUN echo \"é😀\" && ";
    let offered = json!({ "general": { "positionEncodings": ["utf-8", "utf-16"] } });
    assert_eq!(column(offered, "utf-8"), before.len() as u64);
    assert_eq!(column(json!({}), "utf-16"), before.encode_utf16().count() as u64);
}

#[test]
fn a_quick_fix_takes_the_finding_away_and_nothing_else() {
    let program = Program::new();
    let (mut editor, _) = Editor::greet(&program, &json!({}));
    for (uri, text) in [("file:///Dockerfile", BAD.to_owned()), ("file:///crlf/Dockerfile", BAD.replace('\n', "\r\n"))]
    {
        let before = editor.open(uri, &text);
        let found = coded(&before, "BS-D162").expect("lists are left");
        let actions = editor.actions(uri, &found["range"], &["quickfix"]);
        let fix = titled(&actions, "(BS-D162)");
        assert_eq!(fix["kind"], "quickfix");
        assert_eq!(fix["diagnostics"][0]["code"], "BS-D162");
        let fixed = applied(&text, fix, uri);
        assert!(fixed.contains("rm -rf /var/lib/apt/lists/*"), "{fixed}");
        assert_eq!(fixed.lines().count(), text.lines().count());
        assert_eq!(fixed.matches("\r\n").count(), text.matches("\r\n").count());
        let after = editor.change(uri, 2, &fixed);
        let expected: Vec<&str> = codes(&before).into_iter().filter(|code| *code != "BS-D162").collect();
        assert_eq!(codes(&after), expected);
    }
}

#[test]
fn fix_all_applies_every_safe_fix_of_the_file() {
    let program = Program::new();
    let (mut editor, _) = Editor::greet(&program, &json!({}));
    let uri = "file:///Dockerfile";
    let text = format!("from debian:12 as b\nRUN apt-get update && apt-get install -y gcc\n{BAD}");
    let before = editor.open(uri, &text);
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    let actions = editor.actions(uri, &whole, &["source.fixAll"]);
    assert_eq!(actions.len(), 1, "{actions:#?}");
    let after = editor.change(uri, 2, &applied(&text, &actions[0], uri));
    assert!(after.len() < before.len());
    assert!(editor.actions(uri, &whole, &["source.fixAll"]).is_empty(), "nothing is left to fix");
    assert!(editor.actions(uri, &whole, &["refactor"]).is_empty(), "nothing of another kind is offered");
}

#[test]
fn a_comment_that_ignores_counts_once_the_reason_is_written() {
    let program = Program::new();
    let (mut editor, _) = Editor::greet(&program, &json!({}));
    let manifest = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: app\n      image: nginx:latest\n";
    let script = "FROM debian:12\nRUN <<EOF\napt-get update\napt-get install -y curl\nEOF\nUSER 1000\n";
    for (uri, text, code) in [
        ("file:///Dockerfile", BAD, "BS-D164"),
        ("file:///a/Dockerfile", script, "BS-D164"),
        ("file:///pod.yaml", manifest, "BS-K002"),
    ] {
        let before = editor.open(uri, text);
        let range = &coded(&before, code).unwrap_or_else(|| panic!("{code} in {before:#?}"))["range"];
        let actions = editor.actions(uri, range, &[]);
        let commented = applied(text, titled(&actions, &format!("ignore {code}")), uri);
        let after = editor.change(uri, 2, &commented);
        assert!(coded(&after, code).is_some(), "no reason, no effect: {commented}");
        let told = after.iter().find(|told| told["message"].as_str().unwrap().contains("because"));
        let line = told.expect("the missing reason is told")["range"]["start"]["line"].as_u64().unwrap();
        let place = usize::try_from(line).unwrap();
        assert!(commented.lines().nth(place).unwrap().contains("boltseal:ignore"), "{commented}");
        let reasoned = commented.replace("because ", "because the mirror is ours");
        let after = editor.change(uri, 3, &reasoned);
        assert!(coded(&after, code).is_none(), "{reasoned}\n{after:#?}");
    }
}

#[test]
fn a_hover_says_why_what_to_do_and_where_to_read_more() {
    let program = Program::new();
    let uri = "file:///Dockerfile";
    for (capabilities, kind) in [
        (json!({}), "markdown"),
        (json!({ "textDocument": { "hover": { "contentFormat": ["plaintext"] } } }), "plaintext"),
    ] {
        let (mut editor, answer) = Editor::greet(&program, &capabilities);
        assert_eq!(answer["capabilities"]["hoverProvider"], true);
        editor.open(uri, BAD);
        let mut hover = |line: u32, character: u32| {
            let position = json!({ "line": line, "character": character });
            editor.ask("textDocument/hover", json!({ "textDocument": { "uri": uri }, "position": position }))["result"]
                .clone()
        };
        let told = hover(1, 25);
        assert_eq!(told["contents"]["kind"], kind);
        let text = told["contents"]["value"].as_str().unwrap();
        for part in ["BS-D164", "What to do:", "--no-install-recommends", "https://", "DL3015"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(text.contains("**"), kind == "markdown", "{text}");
        assert_eq!(hover(2, 2), Value::Null, "nothing is wrong there");
    }
}

#[test]
fn the_editor_shows_what_the_configuration_asks_for() {
    let program = Program::new();
    std::fs::write(program.path().join("boltseal.toml"), "[check]\npod-security = \"baseline\"\n").unwrap();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostNetwork: true\n  containers:\n    - name: app\n      image: nginx:latest\n";
    let (mut editor, _) = Editor::greet(&program, &json!({}));
    let diagnostics = editor.open("file:///pod.yaml", pod);
    let found = codes(&diagnostics);
    assert!(!found.is_empty() && found.iter().all(|code| code.starts_with("BS-P")), "{found:?}");
    let own = "checks:\n  - id: OWN-1\n    kind: dockerfile\n    expression: instructions.size() > 9\n";
    std::fs::write(program.path().join("own.yaml"), own).unwrap();
    let settings = "[check]\nskip = [\"DL3008\"]\ncustom = [\"own.yaml\"]\n";
    std::fs::write(program.path().join("boltseal.toml"), settings).unwrap();
    let (mut editor, _) = Editor::greet(&program, &json!({}));
    let found = editor.open("file:///Dockerfile", BAD);
    assert!(coded(&found, "OWN-1").is_some(), "{found:#?}");
    assert!(coded(&found, "BS-D165").is_none() && coded(&found, "BS-D164").is_some(), "{:?}", codes(&found));
    std::fs::write(program.path().join("boltseal.toml"), "[check]\nskip = [\"NO-SUCH\"]\n").unwrap();
    let outcome = program.run(&["lsp"]).expect_status(2);
    assert!(outcome.stderr.contains("NO-SUCH") && outcome.stderr.contains("boltseal rules"), "{}", outcome.stderr);
}

#[test]
fn what_cannot_be_answered_is_refused_and_the_conversation_goes_on() {
    let program = Program::new();
    let mut editor = Editor::start(&program);
    assert_eq!(editor.ask("textDocument/hover", json!({}))["error"]["code"], -32002, "not greeted yet");
    assert_eq!(editor.ask("initialize", json!(7))["error"]["code"], -32602);
    assert!(editor.ask("initialize", json!({ "capabilities": {} }))["result"].is_object());
    editor.tell("initialized", json!({}));
    assert_eq!(editor.ask("initialize", json!({ "capabilities": {} }))["error"]["code"], -32600, "once is enough");
    assert_eq!(editor.ask("textDocument/rename", json!({}))["error"]["code"], -32601);
    assert_eq!(editor.ask("textDocument/codeAction", json!({ "range": [] }))["error"]["code"], -32602);
    editor.tell("textDocument/didOpen", json!({ "textDocument": 7 }));
    let told = editor.hear();
    assert_eq!(told["method"], "window/logMessage", "{told}");
    editor.tell("$/setTrace", json!({ "value": "off" }));
    let position = json!({ "line": 4_000_000_000_u32, "character": 4_000_000_000_u32 });
    let nowhere = json!({ "textDocument": { "uri": "file:///never/opened" }, "position": position });
    assert_eq!(editor.ask("textDocument/hover", nowhere)["result"], Value::Null);
    assert!(!editor.open("file:///Dockerfile", BAD).is_empty());
    for hostile in ["\u{feff}FROM", "FROM a\\", "<<", "a: &a [*a]\n", "{{{{\u{0}", "RUN <<E\u{301}\u{301}\n"] {
        editor.change("file:///Dockerfile", 2, hostile);
        let whole = json!({ "start": { "line": 0, "character": 0 }, "end": position });
        editor.actions("file:///Dockerfile", &whole, &[]);
    }
    assert_eq!(editor.ask("shutdown", Value::Null)["result"], Value::Null);
    assert_eq!(editor.ask("textDocument/hover", json!({}))["error"]["code"], -32600, "after shutdown");
    editor.tell("exit", Value::Null);
    assert_eq!(editor.end(), Some(0));
}

#[test]
fn every_way_to_end_is_an_end() {
    let program = Program::new();
    let greeted = || Editor::greet(&program, &json!({})).0;
    let mut abrupt = greeted();
    abrupt.tell("exit", Value::Null);
    assert_eq!(abrupt.end(), Some(1), "the protocol asks for 1 where `shutdown` was not said");
    assert_eq!(greeted().end(), Some(0), "the editor closed its side");
    assert_eq!(Editor::start(&program).end(), Some(0), "nobody came");
    for noise in
        ["Content-Length: 9\r\n\r\nnot json!", "GET / HTTP/1.1\r\n\r\n", "Content-Length: -1\r\n\r\n", "\0\0\r\n"]
    {
        let mut editor = greeted();
        editor.raw(noise.as_bytes());
        drop(editor.to.take());
        let complaint = editor.complaint();
        assert!(complaint.contains("the connection to the editor broke"), "{noise:?}: {complaint}");
        assert_eq!(editor.end(), Some(3), "{noise:?}");
    }
    let mut cut = greeted();
    cut.raw(b"Content-Length: 100\r\n\r\n{\"jsonrpc\"");
    assert_eq!(cut.end(), Some(3), "the editor went away in the middle of a message");
}

#[test]
fn a_server_whose_editor_no_longer_reads_ends() {
    let program = Program::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_boltseal"));
    command.arg("lsp").current_dir(program.path()).env("HOME", program.path());
    let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(server.stdout.take());
    let mut to = server.stdin.take().unwrap();
    let start = std::time::Instant::now();
    let status = loop {
        let text = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } });
        let text = text.to_string();
        let _ = write!(to, "Content-Length: {}\r\n\r\n{text}", text.len());
        if let Some(status) = server.try_wait().unwrap() {
            break status;
        }
        assert!(start.elapsed() < PATIENCE, "the server did not end");
        std::thread::sleep(Duration::from_millis(5));
    };
    let mut complaint = String::new();
    server.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    assert_eq!(status.code(), Some(3), "{complaint}");
    assert!(!complaint.contains("panicked"), "{complaint}");
}
