//! The language server: diagnostics and quick fixes while a file is being written.
//!
//! Speaks the Language Server Protocol 3.17 on standard input and output. Files are judged whole whenever they change:
//! a judgement takes well below the time between two key strokes. Quick fixes are the safe fixes of `boltseal check
//! --fix`, and a comment that ignores a finding once a reason is written.
//!
//! Nothing here is asynchronous: messages are answered in their order.

mod actions;
mod diagnostics;
mod document;

use std::collections::HashMap;

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, Notification as _, PublishDiagnostics,
};
use lsp_types::request::{CodeActionRequest, Request as _};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionParams, CodeActionProviderCapability, DidChangeTextDocumentParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, InitializeParams, PositionEncodingKind,
    PublishDiagnosticsParams, ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind, Uri,
};

use crate::document::Document;

/// The conversation broke down.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The editor did not keep to the protocol.
    #[error("the editor did not keep to the protocol: {0}")]
    Protocol(#[from] lsp_server::ProtocolError),
    /// A message is not what its method asks for.
    #[error("a message is not what its method asks for: {0}")]
    Json(#[from] serde_json::Error),
    /// The streams broke.
    #[error("the connection to the editor broke: {0}")]
    Io(#[from] std::io::Error),
    /// The editor went away in the middle of a sentence.
    #[error("the editor closed the connection")]
    Closed,
}

/// Serves on standard input and output until the editor says that it is over.
///
/// # Errors
/// [`Error`] where the conversation breaks down.
pub fn serve(options: &boltseal_check::Options) -> Result<(), Error> {
    let (connection, threads) = Connection::stdio();
    serve_on(connection, options)?;
    threads.join()?;
    Ok(())
}

/// Serves on a connection.
///
/// # Errors
/// As [`serve`].
pub fn serve_on(connection: Connection, options: &boltseal_check::Options) -> Result<(), Error> {
    let (id, params) = connection.initialize_start()?;
    let params: InitializeParams = serde_json::from_value(params)?;
    let offered = params.capabilities.general.and_then(|general| general.position_encodings).unwrap_or_default();
    let utf8 = offered.contains(&PositionEncodingKind::UTF8);
    let capabilities = ServerCapabilities {
        position_encoding: Some(if utf8 { PositionEncodingKind::UTF8 } else { PositionEncodingKind::UTF16 }),
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::FULL)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::SOURCE_FIX_ALL]),
            ..CodeActionOptions::default()
        })),
        ..ServerCapabilities::default()
    };
    let result = serde_json::json!({
        "capabilities": capabilities,
        "serverInfo": { "name": "boltseal", "version": env!("CARGO_PKG_VERSION") },
    });
    connection.initialize_finish(id, result)?;
    let mut server = Server { connection: &connection, options, utf8, documents: HashMap::new() };
    for message in &connection.receiver {
        match message {
            Message::Request(request) => {
                if connection.handle_shutdown(&request)? {
                    return Ok(());
                }
                server.answer(request)?;
            }
            Message::Notification(notification) => server.take(notification)?,
            Message::Response(_) => {}
        }
    }
    Ok(())
}

struct Server<'a> {
    connection: &'a Connection,
    options: &'a boltseal_check::Options,
    /// Columns count bytes instead of UTF-16 units.
    utf8: bool,
    documents: HashMap<Uri, Document>,
}

impl Server<'_> {
    fn send(&self, message: impl Into<Message>) -> Result<(), Error> {
        self.connection.sender.send(message.into()).map_err(|_| Error::Closed)
    }

    fn answer(&self, request: Request) -> Result<(), Error> {
        if request.method != CodeActionRequest::METHOD {
            let message = format!("`{}` is not offered", request.method);
            return self.send(Response::new_err(request.id, ErrorCode::MethodNotFound as i32, message));
        }
        let response = match serde_json::from_value::<CodeActionParams>(request.params) {
            Ok(params) => {
                let document = self.documents.get(&params.text_document.uri);
                let actions = document.map(|document| actions::of(document, &params, self.options)).unwrap_or_default();
                Response::new_ok(request.id, actions)
            }
            Err(error) => Response::new_err(request.id, ErrorCode::InvalidParams as i32, error.to_string()),
        };
        self.send(response)
    }

    fn take(&mut self, notification: Notification) -> Result<(), Error> {
        match notification.method.as_str() {
            DidOpenTextDocument::METHOD => {
                let params: DidOpenTextDocumentParams = serde_json::from_value(notification.params)?;
                let item = params.text_document;
                self.judge(item.uri, item.text, item.version)
            }
            DidChangeTextDocument::METHOD => {
                let params: DidChangeTextDocumentParams = serde_json::from_value(notification.params)?;
                let document = params.text_document;
                // The whole text each time, as agreed: the last one counts.
                match params.content_changes.into_iter().next_back() {
                    Some(change) => self.judge(document.uri, change.text, document.version),
                    None => Ok(()),
                }
            }
            DidCloseTextDocument::METHOD => {
                let params: DidCloseTextDocumentParams = serde_json::from_value(notification.params)?;
                let uri = params.text_document.uri;
                self.documents.remove(&uri);
                self.publish(PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None })
            }
            _ => Ok(()),
        }
    }

    fn judge(&mut self, uri: Uri, text: String, version: i32) -> Result<(), Error> {
        let document = Document::judge(&uri, text, self.utf8, self.options);
        let diagnostics = diagnostics::of(&document);
        self.documents.insert(uri.clone(), document);
        self.publish(PublishDiagnosticsParams { uri, diagnostics, version: Some(version) })
    }

    fn publish(&self, params: PublishDiagnosticsParams) -> Result<(), Error> {
        self.send(Notification::new(PublishDiagnostics::METHOD.to_owned(), params))
    }
}
