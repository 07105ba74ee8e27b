//! A server on the loopback that answers what a test tells it to, also by asking another and changing the answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How long a connection may last.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Waits so long before it answers.
    pub(crate) after: Duration,
    /// Says that the body is longer than it is.
    pub(crate) broken: bool,
}

impl Response {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), after: Duration::ZERO, broken: false }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

pub(crate) struct Canned {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    stopping: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Canned {
    /// Serves; the function gets each request and how many there were before it.
    pub(crate) fn serve(answer: impl Fn(&Request, usize) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, stopping) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let answer = Arc::new(answer);
        let (requests, stop) = (Arc::clone(&seen), Arc::clone(&stopping));
        let thread = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let (answer, requests) = (Arc::clone(&answer), Arc::clone(&requests));
                thread::spawn(move || {
                    let _ = converse(stream, |request| {
                        let before = {
                            let mut requests = requests.lock().unwrap();
                            requests.push(request.clone());
                            requests.len() - 1
                        };
                        answer(request, before)
                    });
                });
            }
        });
        Self { address, seen, stopping, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Canned {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn converse(stream: TcpStream, answer: impl Fn(&Request) -> Response) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let (first, head, body) = message(&mut reader)?;
    let mut words = first.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let response = answer(&Request { method, path, head, body });
    thread::sleep(response.after);
    let length = response.body.len() + if response.broken { 100 } else { 0 };
    let mut head = format!("HTTP/1.1 {} Canned\r\ncontent-length: {length}\r\nconnection: close\r\n", response.status);
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut stream = &stream;
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(&response.body)?;
    stream.flush()
}

/// The first line, the headers and the body of a request or an answer.
fn message(reader: &mut impl BufRead) -> std::io::Result<(String, String, Vec<u8>)> {
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        head.push_str(&line);
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    Ok((first, head, body))
}

/// Asks another server (`http://HOST:PORT`) the same.
pub(crate) fn forward(to: &str, request: &Request) -> Response {
    let mut stream = TcpStream::connect(to.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let kind = request.head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-type:"));
    let head = format!(
        "{} {} HTTP/1.1\r\nhost: lab\r\nconnection: close\r\n{}\r\ncontent-length: {}\r\n\r\n",
        request.method,
        request.path,
        kind.unwrap_or("accept: */*"),
        request.body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&request.body).unwrap();
    let (first, _, body) = message(&mut BufReader::new(stream)).unwrap();
    Response::new(first.split_whitespace().nth(1).unwrap().parse().unwrap(), body)
}
