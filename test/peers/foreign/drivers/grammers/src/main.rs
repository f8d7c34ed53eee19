//! grammers. The addresses are set with `Session::set_dc_option`; the key is compiled in (see ../../../install.ts).

use std::io::BufRead;
use std::sync::Arc;

use grammers_client::client::{LoginToken, PasswordToken};
use grammers_client::{Client, InvocationError, SignInError};
use grammers_mtsender::SenderPool;
use grammers_session::storages::MemorySession;
use grammers_session::types::DcOption;
use grammers_session::Session;
use grammers_tl_types as tl;
use serde_json::{json, Value};

const API_ID: i32 = 12345;
const API_HASH: &str = "0123456789abcdef0123456789abcdef";

enum Trouble {
    Missing(&'static str),
    Failed(String),
}

impl From<InvocationError> for Trouble {
    fn from(error: InvocationError) -> Self {
        Trouble::Failed(match error {
            InvocationError::Rpc(rpc) => rpc.name,
            other => other.to_string(),
        })
    }
}

struct Driver {
    place: Value,
    session: Arc<MemorySession>,
    client: Option<Client>,
    code: Option<LoginToken>,
    password: Option<PasswordToken>,
}

impl Driver {
    async fn new_session(&mut self) {
        self.session = Arc::new(MemorySession::default());
        for dc in self.place["dcs"].as_array().unwrap() {
            let id = dc["id"].as_i64().unwrap() as i32;
            let mut option: DcOption = self.session.dc_option(id).unwrap().unwrap();
            option.ipv4 = format!("{}:{}", self.place["host"].as_str().unwrap(), dc["port"]).parse().unwrap();
            self.session.set_dc_option(&option).await.unwrap();
        }
    }

    async fn open(&mut self) -> Result<Value, Trouble> {
        self.close();
        let SenderPool { runner, handle, .. } = SenderPool::new(Arc::clone(&self.session), API_ID);
        let client = Client::new(handle);
        tokio::spawn(runner.run());
        client.is_authorized().await?; // it connects at its first call
        self.client = Some(client);
        Ok(json!({}))
    }

    fn close(&mut self) {
        if let Some(client) = self.client.take() {
            client.disconnect();
        }
    }

    /// What a sign-in came to. The library keeps what the next step needs in tokens of its own.
    fn user(&mut self, result: Result<grammers_client::peer::User, SignInError>) -> Result<Value, Trouble> {
        let name = match result {
            Ok(user) => return Ok(user_of(&user)),
            Err(SignInError::PasswordRequired(token)) => {
                self.password = Some(token);
                "SESSION_PASSWORD_NEEDED"
            }
            Err(SignInError::InvalidPassword(token)) => {
                self.password = Some(token);
                "PASSWORD_HASH_INVALID"
            }
            Err(SignInError::InvalidCode) => "PHONE_CODE_INVALID",
            Err(SignInError::SignUpRequired) => "PHONE_NUMBER_UNOCCUPIED",
            Err(SignInError::Other(error)) => return Err(error.into()),
        };
        Err(Trouble::Failed(name.into()))
    }

    async fn act(&mut self, command: &Value) -> Result<Value, Trouble> {
        let text = |name: &str| command[name].as_str().unwrap_or_default().to_owned();
        match text("do").as_str() {
            "open" => {
                self.new_session().await;
                return self.open().await;
            }
            "reopen" => return self.open().await,
            "close" => {
                self.close();
                return Ok(json!({}));
            }
            _ => {}
        }
        let client = self.client.clone().ok_or(Trouble::Failed("not open".into()))?;
        match text("do").as_str() {
            "sendCode" => {
                self.code = Some(client.request_login_code(&format!("+{}", text("phone")), API_HASH).await?);
                Ok(json!({"hash": "kept by the library"}))
            }
            "signIn" => {
                let result = client.sign_in(self.code.as_ref().unwrap(), &text("code")).await;
                self.user(result)
            }
            "password" => {
                let token = match self.password.take() {
                    Some(token) => token,
                    None => PasswordToken::new(client.invoke(&tl::functions::account::GetPassword {}).await?.into()),
                };
                let result = client.check_password(token, text("password")).await;
                self.user(result)
            }
            "bot" => Ok(user_of(&client.bot_sign_in(&text("token"), API_HASH).await?)),
            "me" => Ok(user_of(&client.get_me().await?)),
            "logOut" => {
                client.sign_out().await?;
                Ok(json!({}))
            }
            _ => Err(Trouble::Missing("no method for it")),
        }
    }
}

fn user_of(user: &grammers_client::peer::User) -> Value {
    json!({"user": user.id().bare_id_unchecked().to_string()})
}

#[tokio::main]
async fn main() {
    let place = serde_json::from_str(&std::env::args().last().unwrap()).unwrap();
    let mut driver =
        Driver { place, session: Default::default(), client: None, code: None, password: None };
    for line in std::io::stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let reply = match driver.act(&command).await {
            Ok(answer) => json!({"ok": answer}),
            Err(Trouble::Missing(why)) => json!({"missing": why}),
            Err(Trouble::Failed(error)) => json!({"error": error}),
        };
        println!("{reply}");
    }
}
