//! A registry on loopback that asks for tokens, fails, breaks off and lies.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use boltseal_evidence::Digest;
use boltseal_image::{Credentials, Error, Image, Limits, Options, Target, read_layer};

use crate::build::Notes;
use crate::transport::{Sample, check_sample, sample};

/// What the registry does besides serving.
#[derive(Default)]
struct Behaviour {
    /// Asks for a token, which it gives for this `Authorization` only (or to anyone).
    token: Option<Option<&'static str>>,
    /// Answers 503 to so many requests, with `Retry-After: 0`.
    failures: AtomicUsize,
    /// Breaks off each blob after so many bytes.
    breaks_after: Option<usize>,
    /// Ignores `Range`.
    no_ranges: bool,
    /// Serves other bytes for the layers.
    lies: bool,
    /// Sends blobs to this other host, which must see no authorization.
    redirects: bool,
}

struct Registry {
    address: String,
    requests: Arc<Mutex<Vec<Seen>>>,
    stop: Arc<AtomicBool>,
}

#[derive(Debug, Clone)]
struct Seen {
    path: String,
    headers: HashMap<String, String>,
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(&self.address);
    }
}

fn serve(sample: &Sample, behaviour: Behaviour) -> Registry {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut contents: HashMap<String, Vec<u8>> = HashMap::new();
    for bytes in [&sample.config, &sample.manifest, &sample.index] {
        contents.insert(Digest::sha256_of(bytes).to_string(), bytes.clone());
    }
    for blob in &sample.blobs {
        let mut served = blob.clone();
        if behaviour.lies {
            served[20] ^= 1;
        }
        contents.insert(Digest::sha256_of(blob).to_string(), served);
    }
    contents.insert("latest".to_owned(), sample.index.clone());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let stop = Arc::new(AtomicBool::new(false));
    let state = Arc::new((contents, behaviour, address.clone()));
    let registry = Registry { address, requests: Arc::clone(&requests), stop: Arc::clone(&stop) };
    thread::spawn(move || {
        for stream in listener.incoming() {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let (state, requests) = (Arc::clone(&state), Arc::clone(&requests));
            thread::spawn(move || answer(stream.unwrap(), &state.0, &state.1, &state.2, &requests));
        }
    });
    registry
}

/// One request per connection.
fn answer(
    mut stream: TcpStream,
    contents: &HashMap<String, Vec<u8>>,
    behaviour: &Behaviour,
    address: &str,
    requests: &Mutex<Vec<Seen>>,
) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let Some(Ok(first)) = lines.next() else { return };
    let path = first.split(' ').nth(1).unwrap().to_owned();
    let headers: HashMap<String, String> = lines
        .map_while(|line| line.ok().filter(|line| !line.is_empty()))
        .filter_map(|line| line.split_once(": ").map(|(key, value)| (key.to_ascii_lowercase(), value.to_owned())))
        .collect();
    let seen = Seen { path: path.clone(), headers };
    requests.lock().unwrap().push(seen.clone());
    let authorization = seen.headers.get("authorization").map(String::as_str);
    let mut reply = |status: &str, headers: &str, body: &[u8], sent: usize| {
        let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&body[..sent.min(body.len())]);
    };
    let all = usize::MAX;
    if path.starts_with("/token") {
        let right = behaviour.token.flatten().is_none_or(|wanted| authorization == Some(wanted));
        return match right {
            true => reply("200 OK", "", br#"{"token":"sesame"}"#, all),
            false => reply("401 Unauthorized", "", b"", all),
        };
    }
    if behaviour.failures.load(Ordering::Relaxed) > 0 {
        behaviour.failures.fetch_sub(1, Ordering::Relaxed);
        return reply("503 Service Unavailable", "Retry-After: 0\r\n", b"", all);
    }
    let elsewhere = path.strip_prefix("/storage/");
    if elsewhere.is_none() && behaviour.token.is_some() && authorization != Some("Bearer sesame") {
        let challenge = format!(
            "WWW-Authenticate: Bearer realm=\"http://{address}/token\",service=\"test\",scope=\"repository:app:pull\"\r\n"
        );
        return reply("401 Unauthorized", &challenge, b"", all);
    }
    let name = path.rsplit('/').next().unwrap();
    let Some(content) = contents.get(name) else {
        return reply("404 Not Found", "", br#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"not here"}]}"#, all);
    };
    if path.contains("/blobs/") && behaviour.redirects {
        // The same server by another name is another host.
        let location = format!("Location: http://{}/storage/{name}\r\n", address.replace("127.0.0.1", "localhost"));
        return reply("307 Temporary Redirect", &location, b"", all);
    }
    let sent = if path.contains("/blobs/") { behaviour.breaks_after.unwrap_or(all) } else { all };
    let from = seen.headers.get("range").filter(|_| !behaviour.no_ranges);
    match from.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok()) {
        Some(from) => {
            let range = format!("Content-Range: bytes {from}-{}/{}\r\n", content.len() - 1, content.len());
            reply("206 Partial Content", &range, &content[from..], sent);
        }
        None => reply("200 OK", "", content, sent),
    }
}

fn open(registry: &Registry, options: &Options) -> Result<Image, Error> {
    Image::open(&Target::parse(&format!("registry:{}/app", registry.address)).unwrap(), options)
}

#[test]
fn an_image_is_pulled_and_is_the_same_as_elsewhere() {
    let sample = sample();
    let registry = serve(&sample, Behaviour::default());
    let image = open(&registry, &Options::default()).unwrap();
    check_sample(&image, &sample);
    assert_eq!(image.manifest_digest(), Some(&Digest::sha256_of(&sample.manifest)));
    assert_eq!(image.index_digest(), Some(&Digest::sha256_of(&sample.index)));
    assert_eq!(image.layer_identity(0), None);
}

#[test]
fn a_token_is_fetched_anonymously_or_with_a_password_and_kept() {
    let sample = sample();
    let registry = serve(&sample, Behaviour { token: Some(None), ..Behaviour::default() });
    check_sample(&open(&registry, &Options::default()).unwrap(), &sample);
    let tokens = registry.requests.lock().unwrap().iter().filter(|seen| seen.path.starts_with("/token")).count();
    assert_eq!(tokens, 1);

    let behaviour = Behaviour { token: Some(Some("Basic dXNlcjpodW50ZXIy")), ..Behaviour::default() };
    let registry = serve(&sample, behaviour);
    let credentials = |password: &str| Some(Credentials { username: "user".into(), password: password.into() });
    let options = Options { credentials: credentials("hunter2"), ..Options::default() };
    check_sample(&open(&registry, &options).unwrap(), &sample);
    assert!(!format!("{options:?}").contains("hunter2"));
    let options = Options { credentials: credentials("wrong-secret"), ..Options::default() };
    let error = open(&registry, &options).map(drop).unwrap_err().to_string();
    assert!(error.contains("401") && !error.contains("wrong-secret"), "{error}");
}

#[test]
fn passing_failures_are_waited_out() {
    let sample = sample();
    let registry = serve(&sample, Behaviour { failures: AtomicUsize::new(3), ..Behaviour::default() });
    check_sample(&open(&registry, &Options::default()).unwrap(), &sample);
    let registry = serve(&sample, Behaviour { failures: AtomicUsize::new(100), ..Behaviour::default() });
    let error = open(&registry, &Options { retries: 2, ..Options::default() }).map(drop).unwrap_err().to_string();
    assert!(error.contains("503"), "{error}");
    assert_eq!(registry.requests.lock().unwrap().len(), 3);
}

#[test]
fn a_broken_download_goes_on_where_it_broke() {
    let sample = sample();
    // Far enough that the configuration comes whole; the first layer has 2 KiB.
    let after = sample.config.len() + 100;
    assert!(after < sample.blobs[0].len());
    let registry = serve(&sample, Behaviour { breaks_after: Some(after), ..Behaviour::default() });
    check_sample(&open(&registry, &Options::default()).unwrap(), &sample);
    let requests = registry.requests.lock().unwrap().clone();
    assert!(requests.iter().any(|seen| seen.headers.get("range") == Some(&format!("bytes={after}-"))));
}

#[test]
fn a_registry_that_ignores_ranges_and_breaks_off_costs_a_clear_error() {
    let sample = sample();
    let behaviour =
        Behaviour { breaks_after: Some(sample.config.len() + 100), no_ranges: true, ..Behaviour::default() };
    let registry = serve(&sample, behaviour);
    let image = open(&registry, &Options { retries: 1, ..Options::default() }).unwrap();
    let raw = image.open_layer(0).unwrap();
    let error = read_layer(raw, &image.layers()[0], &Limits::DEFAULT, &mut Notes::default()).unwrap_err().to_string();
    assert!(error.contains("cannot read the blob"), "{error}");
}

#[test]
fn a_registry_that_lies_about_a_blob_is_found_out() {
    let sample = sample();
    let registry = serve(&sample, Behaviour { lies: true, ..Behaviour::default() });
    let image = open(&registry, &Options::default()).unwrap();
    for layer in image.layers() {
        let raw = image.open_layer(layer.index).unwrap();
        let error = read_layer(raw, layer, &Limits::DEFAULT, &mut Notes::default()).unwrap_err().to_string();
        assert!(error.contains(&layer.digest.as_ref().unwrap().to_string()), "{error}");
    }
}

#[test]
fn the_token_does_not_follow_a_redirect_to_another_host() {
    let sample = sample();
    let registry = serve(&sample, Behaviour { token: Some(None), redirects: true, ..Behaviour::default() });
    check_sample(&open(&registry, &Options::default()).unwrap(), &sample);
    let requests = registry.requests.lock().unwrap().clone();
    let stored: Vec<_> = requests.iter().filter(|seen| seen.path.starts_with("/storage/")).collect();
    assert_eq!(stored.len(), 3);
    assert!(stored.iter().all(|seen| !seen.headers.contains_key("authorization")));
}

#[test]
fn what_is_not_there_is_said_in_the_registrys_words() {
    let sample = sample();
    let registry = serve(&sample, Behaviour::default());
    let target = Target::parse(&format!("{}/app:none", registry.address)).unwrap();
    let error = Image::open(&target, &Options::default()).map(drop).unwrap_err().to_string();
    assert!(error.contains("no such image") && error.contains("not here"), "{error}");
}
