//! This machine's device for others: Burn's own server, behind a token.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use burn::server::{
    AuthorizationRequest, ClientId, PeerAuthorizer, RemoteServer, TokenAuthorizer,
    WebSocketTransport,
};
use tokio::runtime;

use crate::error::{Error, Result};
use crate::train::burn_engine::BurnEngine;
use crate::train::device::Device;

/// Who asked for a session, and whether the token was right.
pub struct Asked {
    /// Where the other side is.
    pub from: SocketAddr,
    /// Whether it was let in.
    pub welcome: bool,
}

/// A token that nobody guesses: 128 bits from the system, as hexadecimal digits.
pub fn token() -> Result<String> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits)
        .map_err(|error| Error::Told(format!("the system gives no random numbers: {error}")))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bits)))
}

/// Serves `device` to whoever comes to `listener` with `token`, in threads of its own until the process ends; tells of all
/// who come. If it ends before, what is received says why.
pub fn serve(
    device: Device,
    listener: TcpListener,
    token: &str,
    tell: impl Fn(Asked) + Send + Sync + 'static,
) -> Result<Receiver<String>> {
    let hosted = BurnEngine::device(device, "--device ndarray serves the processor")?;
    let tokens = TokenAuthorizer::new(token)
        .map_err(|_| Error::Usage("an empty token would let everybody in".into()))?;
    let authorizer = move |request: AuthorizationRequest<'_>| {
        let client = request.client;
        let answer = tokens.authorize(request);
        if let ClientId::WebSocket(from) = client {
            let welcome = answer.is_ok();
            tell(Asked { from, welcome });
        }
        answer
    };
    let server = RemoteServer::new([hosted]).with_authorizer(authorizer);
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::io("start the server's threads"))?;
    let (sender, ended) = channel();
    let body = move || {
        let done =
            runtime.block_on(server.serve_async(WebSocketTransport::from_listener(listener)));
        let last = done.map_or_else(|error| error.to_string(), |()| "it ended".into());
        // Nobody listens when the process is about to end.
        let _ = sender.send(last);
    };
    thread::Builder::new()
        .name("server".into())
        .spawn(body)
        .map_err(Error::io("start a thread"))?;
    Ok(ended)
}
