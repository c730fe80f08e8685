//! A bucket behind a socket, which answers as it is told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use dead_letter_store::S3DeadLetterStore;
use function_config::{AwsAccess, Environment};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub const BUCKET: &str = "letters";

#[derive(Clone, Default)]
pub struct FakeS3 {
    state: Arc<Mutex<State>>,
    endpoint_url: String,
}

#[derive(Default)]
struct State {
    answers: VecDeque<Answer>,
    requests: Vec<Request>,
    objects: BTreeMap<String, String>,
}

/// What the bucket does with one request, instead of storing the object.
#[derive(Clone)]
pub enum Answer {
    Error(u16, &'static str),
    Reset,
    NeverComes,
}

#[derive(Clone, Debug)]
pub struct Request {
    pub line: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl FakeS3 {
    pub async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let s3 = Self {
            endpoint_url: format!("http://{}", listener.local_addr().unwrap()),
            ..Self::default()
        };
        s3.state.lock().unwrap().answers.extend(answers);
        tokio::spawn(s3.clone().accept(listener));
        s3
    }

    /// The store as a function builds it; the wait before a repeat is none.
    pub fn store(&self) -> S3DeadLetterStore {
        let lookup = |name: &str| {
            let value = match name {
                "AWS_REGION" => "us-east-1",
                "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "test",
                "AWS_SESSION_TOKEN" => "token",
                "AWS_ENDPOINT_URL" => &self.endpoint_url,
                _ => return None,
            };
            Some(value.to_owned())
        };
        let access = Environment::read(&lookup, AwsAccess::read).unwrap();
        S3DeadLetterStore::new(
            &access,
            BUCKET.parse().unwrap(),
            "test/letters".parse().unwrap(),
            || 0.0,
        )
    }

    /// The content of the bucket by key.
    pub fn objects(&self) -> BTreeMap<String, String> {
        self.state.lock().unwrap().objects.clone()
    }

    pub fn requests(&self) -> Vec<Request> {
        self.state.lock().unwrap().requests.clone()
    }

    async fn accept(self, listener: TcpListener) {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(self.clone().serve(connection));
        }
    }

    async fn serve(self, connection: TcpStream) {
        let mut connection = BufReader::new(connection);
        while let Some(request) = read_request(&mut connection).await {
            let answer = match self.take(request) {
                None => "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned(),
                Some(Answer::Error(status, code)) => error(status, code),
                Some(Answer::Reset) => return,
                Some(Answer::NeverComes) => std::future::pending().await,
            };
            connection.write_all(answer.as_bytes()).await.unwrap();
        }
    }

    /// Keeps the request, and the object unless there is another answer.
    fn take(&self, request: Request) -> Option<Answer> {
        let mut state = self.state.lock().unwrap();
        state.requests.push(request.clone());
        let answer = state.answers.pop_front();
        let path = request.line.split(' ').nth(1).unwrap();
        if answer.is_none() {
            let key = path.strip_prefix(&format!("/{BUCKET}/")).unwrap();
            state.objects.insert(key.to_owned(), request.body);
        }
        answer
    }
}

fn error(status: u16, code: &str) -> String {
    let xml = format!(
        "<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>as told</Message><Key>k</Key></Error>"
    );
    let length = xml.len();
    format!(
        "HTTP/1.1 {status} Told\r\ncontent-type: application/xml\r\ncontent-length: {length}\r\n\r\n{xml}"
    )
}

async fn read_request(connection: &mut BufReader<TcpStream>) -> Option<Request> {
    let line = read_line(connection).await?;
    let mut headers = BTreeMap::new();
    loop {
        let header = read_line(connection).await?;
        let Some((name, value)) = header.split_once(": ") else {
            break;
        };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    connection.read_exact(&mut body).await.ok()?;
    let body = String::from_utf8(body).unwrap();
    Some(Request { line, headers, body })
}

async fn read_line(connection: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    let read = connection.read_line(&mut line).await.ok()?;
    (read > 0).then(|| line.trim_end().to_owned())
}
