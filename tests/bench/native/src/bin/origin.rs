//! An MCP origin that does next to nothing: `origin PORT`. `GET /count` tells how many messages of agents it has answered.

use std::cell::Cell;
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, server};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::time::{Duration, Instant, Interval, interval_at};
use tollgate_bench::answers::{answer, notification};

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
    let path = request.uri().path().to_owned();
    if request.method() != Method::POST {
        let is_count = request.method() == Method::GET && path == "/count";
        return Ok(if is_count { Response::new(whole(answered.get().to_string().into())) } else { empty(405) });
    }
    let body = request.into_body().collect().await?.to_bytes();
    let Some(spoken) = answer(&path, &body) else { return Ok(empty(404)) };
    answered.set(answered.get() + u64::from(spoken.counts));
    let is_stream = spoken.media_type == "text/event-stream";
    let body = if is_stream {
        Events::of(spoken.parts, spoken.goes_on).boxed_unsync()
    } else {
        whole(spoken.parts.concat().into())
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(spoken.status).unwrap_or_default();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(spoken.media_type));
    Ok(response)
}

fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).boxed_unsync()
}

fn empty(status: u16) -> Response<Body> {
    let mut response = Response::new(whole(Bytes::new()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    response
}

/// A stream whose head goes out by itself, as uvicorn sends it, and then everything at once.
struct Events {
    parts: std::vec::IntoIter<Bytes>,
    head_is_out: bool,
    /// What follows each second, if something does.
    more: Option<(Interval, usize)>,
}

impl Events {
    fn of(parts: Vec<Bytes>, goes_on: bool) -> Self {
        let second = Duration::from_secs(1);
        let more = goes_on.then(|| (interval_at(Instant::now() + second, second), 0));
        Self { parts: parts.into_iter(), head_is_out: false, more }
    }
}

impl hyper::body::Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !self.head_is_out {
            self.head_is_out = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some(part) = self.parts.next() {
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        let Some((second, number)) = &mut self.more else { return Poll::Ready(None) };
        second.poll_tick(context).map(|_| {
            *number += 1;
            Some(Ok(Frame::data(notification(*number).into())))
        })
    }
}
