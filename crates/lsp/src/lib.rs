//! The language server: diagnostics and quick fixes while a file is being written.
//!
//! Speaks the Language Server Protocol 3.17 on standard input and output. Files are judged whole whenever they change:
//! a judgement takes well below the time between two key strokes. Quick fixes are the safe fixes of `boltseal check
//! --fix`, and a comment that ignores a finding once a reason is written; a hover says why a finding matters.
//!
//! A message that cannot be understood costs an answer or a line in the editor's log, not the conversation.
//!
//! Nothing here is asynchronous: messages are answered in their order.

mod actions;
mod diagnostics;
mod document;
mod hover;

use std::collections::HashMap;

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, Exit, LogMessage, Notification as _,
    PublishDiagnostics,
};
use lsp_types::request::{CodeActionRequest, HoverRequest, Initialize, Request as _, Shutdown};
use lsp_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionParams, CodeActionProviderCapability,
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, HoverParams,
    HoverProviderCapability, InitializeParams, LogMessageParams, MarkupKind, MessageType, PositionEncodingKind,
    PublishDiagnosticsParams, ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind, Uri,
};

use crate::document::Document;

/// The conversation broke down.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The streams broke, or what came is no message at all.
    #[error("the connection to the editor broke: {0}")]
    Io(#[from] std::io::Error),
    /// The editor went away in the middle of a sentence.
    #[error("the editor closed the connection")]
    Closed,
}

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As agreed, or since the editor closed its side.
    Orderly,
    /// The editor said `exit` without `shutdown`; the protocol asks for the exit status 1 then.
    Abrupt,
}

/// Serves on standard input and output until the editor says that it is over.
///
/// # Errors
/// [`Error`] where the conversation breaks down.
pub fn serve(options: &boltseal_check::Options) -> Result<End, Error> {
    let (connection, threads) = Connection::stdio();
    let end = serve_on(connection, options)?;
    threads.join()?;
    Ok(end)
}

/// Serves on a connection.
///
/// # Errors
/// As [`serve`].
#[expect(clippy::needless_pass_by_value, reason = "the threads of a connection end once it is dropped")]
pub fn serve_on(connection: Connection, options: &boltseal_check::Options) -> Result<End, Error> {
    let mut server =
        Server { connection: &connection, options, agreed: None, shut_down: false, documents: HashMap::new() };
    for message in &connection.receiver {
        match message {
            Message::Request(request) => server.answer(request)?,
            Message::Notification(notification) if notification.method == Exit::METHOD => {
                return Ok(if server.shut_down { End::Orderly } else { End::Abrupt });
            }
            Message::Notification(notification) => server.take(notification)?,
            Message::Response(_) => {}
        }
    }
    Ok(End::Orderly)
}

/// What the two sides agreed on at the beginning.
#[derive(Debug, Clone, Copy)]
struct Agreed {
    /// Columns count bytes instead of UTF-16 units.
    utf8: bool,
    /// The editor shows Markdown.
    markdown: bool,
}

impl Agreed {
    fn on(capabilities: ClientCapabilities) -> Self {
        let encodings = capabilities.general.and_then(|general| general.position_encodings).unwrap_or_default();
        let hover = capabilities.text_document.and_then(|document| document.hover);
        let formats = hover.and_then(|hover| hover.content_format);
        Self {
            utf8: encodings.contains(&PositionEncodingKind::UTF8),
            markdown: formats.is_none_or(|formats| formats.contains(&MarkupKind::Markdown)),
        }
    }

    fn offer(self) -> ServerCapabilities {
        ServerCapabilities {
            position_encoding: Some(if self.utf8 { PositionEncodingKind::UTF8 } else { PositionEncodingKind::UTF16 }),
            text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::FULL)),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::SOURCE_FIX_ALL]),
                ..CodeActionOptions::default()
            })),
            ..ServerCapabilities::default()
        }
    }
}

struct Server<'a> {
    connection: &'a Connection,
    options: &'a boltseal_check::Options,
    /// `None` until the editor has said `initialize`.
    agreed: Option<Agreed>,
    shut_down: bool,
    documents: HashMap<Uri, Document>,
}

impl Server<'_> {
    fn send(&self, message: impl Into<Message>) -> Result<(), Error> {
        self.connection.sender.send(message.into()).map_err(|_| Error::Closed)
    }

    fn refuse(&self, id: RequestId, code: ErrorCode, why: impl Into<String>) -> Result<(), Error> {
        self.send(Response::new_err(id, code as i32, why.into()))
    }

    fn answer(&mut self, request: Request) -> Result<(), Error> {
        let Request { id, method, params } = request;
        let agreed = match (self.agreed, method.as_str()) {
            _ if self.shut_down => {
                return self.refuse(id, ErrorCode::InvalidRequest, "the server was asked to shut down");
            }
            (None, Initialize::METHOD) => return self.begin(id, params),
            (None, _) => return self.refuse(id, ErrorCode::ServerNotInitialized, "`initialize` comes first"),
            (Some(agreed), _) => agreed,
        };
        match method.as_str() {
            Shutdown::METHOD => {
                self.shut_down = true;
                self.send(Response::new_ok(id, ()))
            }
            Initialize::METHOD => self.refuse(id, ErrorCode::InvalidRequest, "`initialize` comes only once"),
            CodeActionRequest::METHOD => self.reply(id, params, |params: CodeActionParams| {
                let document = self.documents.get(&params.text_document.uri);
                document.map(|document| actions::of(document, &params, self.options)).unwrap_or_default()
            }),
            HoverRequest::METHOD => self.reply(id, params, |params: HoverParams| {
                let place = params.text_document_position_params;
                let document = self.documents.get(&place.text_document.uri)?;
                hover::at(document, place.position, agreed.markdown)
            }),
            other => self.refuse(id, ErrorCode::MethodNotFound, format!("`{other}` is not offered")),
        }
    }

    fn begin(&mut self, id: RequestId, params: serde_json::Value) -> Result<(), Error> {
        let params: InitializeParams = match serde_json::from_value(params) {
            Ok(params) => params,
            Err(error) => return self.refuse(id, ErrorCode::InvalidParams, error.to_string()),
        };
        let agreed = Agreed::on(params.capabilities);
        self.agreed = Some(agreed);
        let result = serde_json::json!({
            "capabilities": agreed.offer(),
            "serverInfo": { "name": "boltseal", "version": env!("CARGO_PKG_VERSION") },
        });
        self.send(Response::new_ok(id, result))
    }

    fn reply<P, R>(&self, id: RequestId, params: serde_json::Value, make: impl FnOnce(P) -> R) -> Result<(), Error>
    where
        P: serde::de::DeserializeOwned,
        R: serde::Serialize,
    {
        match serde_json::from_value(params) {
            Ok(params) => self.send(Response::new_ok(id, make(params))),
            Err(error) => self.refuse(id, ErrorCode::InvalidParams, error.to_string()),
        }
    }

    fn take(&mut self, notification: Notification) -> Result<(), Error> {
        let Some(agreed) = self.agreed.filter(|_| !self.shut_down) else { return Ok(()) };
        let Notification { method, params } = notification;
        let taken = match method.as_str() {
            DidOpenTextDocument::METHOD => serde_json::from_value(params).map(|params: DidOpenTextDocumentParams| {
                let item = params.text_document;
                self.judge(item.uri, item.text, item.version, agreed)
            }),
            DidChangeTextDocument::METHOD => {
                serde_json::from_value(params).map(|params: DidChangeTextDocumentParams| {
                    let document = params.text_document;
                    // The whole text each time, as agreed: the last one counts.
                    match params.content_changes.into_iter().next_back() {
                        Some(change) => self.judge(document.uri, change.text, document.version, agreed),
                        None => Ok(()),
                    }
                })
            }
            DidCloseTextDocument::METHOD => serde_json::from_value(params).map(|params: DidCloseTextDocumentParams| {
                let uri = params.text_document.uri;
                self.documents.remove(&uri);
                self.publish(PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None })
            }),
            _ => Ok(Ok(())),
        };
        taken.unwrap_or_else(|error| {
            let message = format!("`{method}` is not as the protocol has it and was not heeded: {error}");
            let params = LogMessageParams { typ: MessageType::WARNING, message };
            self.send(Notification::new(LogMessage::METHOD.to_owned(), params))
        })
    }

    fn judge(&mut self, uri: Uri, text: String, version: i32, agreed: Agreed) -> Result<(), Error> {
        let document = Document::judge(&uri, text, agreed.utf8, self.options);
        let diagnostics = diagnostics::of(&document);
        self.documents.insert(uri.clone(), document);
        self.publish(PublishDiagnosticsParams { uri, diagnostics, version: Some(version) })
    }

    fn publish(&self, params: PublishDiagnosticsParams) -> Result<(), Error> {
        self.send(Notification::new(PublishDiagnostics::METHOD.to_owned(), params))
    }
}
