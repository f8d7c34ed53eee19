// gotd. Told with Options.DCList and Options.PublicKeys.
package main

import (
	"bufio"
	"context"
	"crypto/rsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/coder/websocket"
	"github.com/gotd/td/session"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/auth"
	"github.com/gotd/td/telegram/auth/qrlogin"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
	"github.com/gotd/td/transport"
)

type place struct {
	Host string
	DCs  []struct{ ID, Port int }
	// In hex.
	Modulus, Transport string
	Proxy              *struct {
		Port   int
		Secret string
	}
}

type command struct{ Do, Phone, Hash, Code, Name, Password, Token string }

type answer map[string]any

const (
	apiID   = 12345
	apiHash = "0123456789abcdef0123456789abcdef"
)

var protocols = map[string]dcs.Protocol{
	"abridged":     transport.Abridged,
	"intermediate": transport.Intermediate,
	"padded":       transport.PaddedIntermediate,
	"full":         transport.Full,
}

// A connected client, and what ends it.
type driver struct {
	place    place
	storage  *session.StorageMemory
	client   *telegram.Client
	scanned  qrlogin.LoggedIn
	end      context.CancelFunc
	ended    chan error
	accepted chan loggedIn
}

type loggedIn struct {
	authorization *tg.AuthAuthorization
	err           error
}

func (d *driver) resolver() (dcs.Resolver, error) {
	if d.place.Transport == "websocket" {
		return dcs.Websocket(dcs.WebsocketOptions{DialOptions: &websocket.DialOptions{Subprotocols: []string{"binary"}}}), nil
	}
	if d.place.Proxy == nil {
		return dcs.Plain(dcs.PlainOptions{Protocol: protocols[d.place.Transport]}), nil
	}
	secret, err := hex.DecodeString(d.place.Proxy.Secret)
	if err != nil {
		return nil, err
	}
	return dcs.MTProxy(net.JoinHostPort(d.place.Host, strconv.Itoa(d.place.Proxy.Port)), secret, dcs.MTProxyOptions{})
}

func (d *driver) open() error {
	d.close()
	resolver, err := d.resolver()
	if err != nil {
		return err
	}
	modulus, _ := new(big.Int).SetString(d.place.Modulus, 16)
	list := dcs.List{Domains: map[int]string{}}
	for _, dc := range d.place.DCs {
		list.Options = append(list.Options, tg.DCOption{ID: dc.ID, IPAddress: d.place.Host, Port: dc.Port})
		list.Domains[dc.ID] = fmt.Sprintf("ws://%s:%d/apiws", d.place.Host, dc.Port)
	}
	dispatcher := tg.NewUpdateDispatcher()
	d.scanned = qrlogin.OnLoginToken(dispatcher)
	d.client = telegram.NewClient(apiID, apiHash, telegram.Options{
		DCList:         list,
		PublicKeys:     []telegram.PublicKey{{RSA: &rsa.PublicKey{N: modulus, E: 65537}}},
		Resolver:       resolver,
		SessionStorage: d.storage,
		UpdateHandler:  dispatcher,
	})
	ctx, end := context.WithCancel(context.Background())
	ready := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- d.client.Run(ctx, func(ctx context.Context) error {
			close(ready)
			<-ctx.Done()
			return nil
		})
	}()
	d.end, d.ended = end, ended
	select {
	case <-ready:
		return nil
	case err := <-ended:
		d.end = nil
		return err
	}
}

func (d *driver) close() {
	if d.end != nil {
		d.end()
		<-d.ended
		d.end = nil
	}
}

func userOf(got *tg.AuthAuthorization, err error) (answer, error) {
	if err != nil {
		return nil, err
	}
	return answer{"user": strconv.FormatInt(got.User.GetID(), 10)}, nil
}

func hashOf(got tg.AuthSentCodeClass, err error) (answer, error) {
	if err != nil {
		return nil, err
	}
	sent, ok := got.(*tg.AuthSentCode)
	if !ok {
		return nil, fmt.Errorf("got %T", got)
	}
	return answer{"hash": sent.PhoneCodeHash}, nil
}

func (d *driver) qr(ctx context.Context) (answer, error) {
	links := make(chan string, 1)
	d.accepted = make(chan loggedIn, 1)
	go func() {
		authorization, err := d.client.QR().Auth(ctx, d.scanned, func(_ context.Context, token qrlogin.Token) error {
			links <- token.URL()
			return nil
		})
		d.accepted <- loggedIn{authorization, err}
	}()
	select {
	case link := <-links:
		return answer{"link": link}, nil
	case got := <-d.accepted:
		return nil, got.err
	}
}

func (d *driver) do(ctx context.Context, c command) (answer, error) {
	switch c.Do {
	case "open":
		d.storage = &session.StorageMemory{}
		return answer{}, d.open()
	case "reopen":
		return answer{}, d.open()
	case "close":
		d.close()
		return answer{}, nil
	case "sendCode":
		return hashOf(d.client.Auth().SendCode(ctx, "+"+c.Phone, auth.SendCodeOptions{}))
	case "resendCode":
		return hashOf(d.client.Auth().ResendCode(ctx, c.Phone, c.Hash))
	case "signIn":
		got, err := d.client.Auth().SignIn(ctx, c.Phone, c.Code, c.Hash)
		if errors.Is(err, auth.ErrPasswordAuthNeeded) {
			return nil, errors.New("SESSION_PASSWORD_NEEDED")
		}
		if errors.As(err, new(*auth.SignUpRequired)) {
			return nil, errors.New("PHONE_NUMBER_UNOCCUPIED")
		}
		return userOf(got, err)
	case "signUp":
		return userOf(d.client.Auth().SignUp(ctx, auth.SignUp{PhoneNumber: c.Phone, PhoneCodeHash: c.Hash, FirstName: c.Name}))
	case "password":
		got, err := d.client.Auth().Password(ctx, c.Password)
		if errors.Is(err, auth.ErrPasswordInvalid) {
			return nil, errors.New("PASSWORD_HASH_INVALID")
		}
		return userOf(got, err)
	case "bot":
		return userOf(d.client.Auth().Bot(ctx, c.Token))
	case "me":
		self, err := d.client.Self(ctx)
		if err != nil {
			return nil, err
		}
		return answer{"user": strconv.FormatInt(self.ID, 10)}, nil
	case "logOut":
		_, err := d.client.API().AuthLogOut(ctx)
		return answer{}, err
	case "qr":
		return d.qr(ctx)
	case "accepted":
		got := <-d.accepted
		return userOf(got.authorization, got.err)
	}
	return nil, fmt.Errorf("unknown command %s", c.Do)
}

func main() {
	d := driver{}
	if err := json.Unmarshal([]byte(os.Args[len(os.Args)-1]), &d.place); err != nil {
		panic(err)
	}
	out := json.NewEncoder(os.Stdout)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			panic(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		got, err := d.do(ctx, c)
		if c.Do != "qr" { // which goes on until it is accepted
			cancel()
		}
		reply := answer{"ok": got}
		if err != nil {
			reply = answer{"error": err.Error()}
			if rpc, ok := tgerr.As(err); ok {
				reply["error"] = rpc.Message
			}
		}
		_ = out.Encode(reply)
	}
}
