//! A small HTTP server on loopback that knows validators and ranges, and can break off.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[derive(Default)]
pub(crate) struct State {
    /// Content and entity tag by path.
    pub(crate) files: HashMap<String, (Vec<u8>, String)>,
    /// Paths whose next answer ends after this many bytes.
    pub(crate) breaks: HashMap<String, Vec<usize>>,
    /// Paths that answer with this status.
    pub(crate) statuses: HashMap<String, u16>,
    /// `path status`, in order, with the start of a range.
    pub(crate) log: Vec<String>,
}

pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) state: Arc<Mutex<State>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || answer(stream, &shared));
            }
        });
        Self { url, state }
    }

    pub(crate) fn put(&self, path: &str, content: &[u8], etag: &str) {
        self.state.lock().unwrap().files.insert(path.to_owned(), (content.to_vec(), format!("\"{etag}\"")));
    }

    /// The requests for a path so far.
    pub(crate) fn log(&self, path: &str) -> Vec<String> {
        let log = &self.state.lock().unwrap().log;
        log.iter().filter_map(|line| line.strip_prefix(path)).map(|rest| rest.trim().to_owned()).collect()
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    let path = first.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').replace("%20", " ");
    let headers: HashMap<String, String> = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())))
        .collect();
    let mut state = state.lock().unwrap();
    let file = state.files.get(&path).cloned();
    let forced = state.statuses.get(&path).copied();
    let cut = state.breaks.get_mut(&path).and_then(Vec::pop);
    let (status, extra, body) = match (forced, file) {
        (Some(status), _) => (status, String::new(), Vec::new()),
        (None, None) => (404, String::new(), Vec::new()),
        (None, Some((content, etag))) => {
            let tag = format!("ETag: {etag}\r\n");
            let range =
                headers.get("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
            let same = headers.get("if-range").is_none_or(|wanted| *wanted == etag);
            match range {
                _ if headers.get("if-none-match") == Some(&etag) => (304, tag, Vec::new()),
                Some(start) if same && start < content.len() => {
                    let range = format!("Content-Range: bytes {start}-{}/{}\r\n", content.len() - 1, content.len());
                    (206, tag + &range, content[start..].to_vec())
                }
                _ => (200, tag, content),
            }
        }
    };
    let range = headers.get("range").cloned().unwrap_or_default();
    state.log.push(format!("{path} {status} {range}").trim_end().to_owned());
    drop(state);
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n{extra}\r\n", body.len());
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&body[..cut.unwrap_or(body.len()).min(body.len())]);
}
