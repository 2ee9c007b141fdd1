//! An MCP origin that does next to nothing: `origin PORT`. `GET /count` tells how many messages it has answered.

use std::cell::Cell;
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, server};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tollgate_bench::answers::answer;

type Body = UnsyncBoxBody<Bytes, Infallible>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::args().nth(1).unwrap_or_default().parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on {}", listener.local_addr()?.port());
    let answered = Rc::new(Cell::new(0_u64));
    tokio::task::LocalSet::new().run_until(serve(listener, answered)).await
}

async fn serve(listener: TcpListener, answered: Rc<Cell<u64>>) -> Result<(), Box<dyn std::error::Error>> {
    loop {
        let (connection, _) = listener.accept().await?;
        connection.set_nodelay(true)?;
        let answered = Rc::clone(&answered);
        tokio::task::spawn_local(async move {
            let service = service_fn(|request| respond(request, Rc::clone(&answered)));
            let mut http = server::conn::http1::Builder::new();
            // A connection that breaks is the other side's affair.
            let _ = http.timer(TokioTimer::new()).serve_connection(TokioIo::new(connection), service).await;
        });
    }
}

async fn respond(request: Request<Incoming>, answered: Rc<Cell<u64>>) -> Result<Response<Body>, hyper::Error> {
    if request.method() == Method::GET && request.uri().path() == "/count" {
        return Ok(Response::new(whole(answered.get().to_string().into())));
    }
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await?.to_bytes();
    let Some(spoken) = answer(&path, &body) else {
        let mut response = Response::new(whole(Bytes::new()));
        *response.status_mut() = hyper::StatusCode::NOT_FOUND;
        return Ok(response);
    };
    answered.set(answered.get() + 1);
    let mut parts = spoken.parts;
    let body = match parts.as_mut_slice() {
        [one] if spoken.media_type == "application/json" => whole(std::mem::take(one)),
        _ => Events { parts: parts.into_iter(), head_is_out: false }.boxed_unsync(),
    };
    let mut response = Response::new(body);
    let media_type = hyper::header::HeaderValue::from_static(spoken.media_type);
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, media_type);
    Ok(response)
}

fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).boxed_unsync()
}

/// A stream whose head goes out by itself, as uvicorn sends it, and then everything at once.
struct Events {
    parts: std::vec::IntoIter<Bytes>,
    head_is_out: bool,
}

impl hyper::body::Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !self.head_is_out {
            self.head_is_out = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.parts.next().map(|part| Ok(Frame::data(part))))
    }
}
