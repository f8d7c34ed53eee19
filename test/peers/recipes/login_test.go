package login

import (
	"context"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/auth"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/tg"
	"net/netip"
	"os"
	"testing"
)

func TestLogin(t *testing.T) {
	pem, _ := os.ReadFile(os.Getenv("TG_AUTH_SERVER_KEY"))
	keys, _ := crypto.ParseRSAPublicKeys(pem)
	server := netip.MustParseAddrPort(os.Getenv("TG_AUTH_SERVER"))
	list := dcs.List{Options: []tg.DCOption{{ID: 2, IPAddress: server.Addr().String(), Port: int(server.Port())}}}
	client := telegram.NewClient(1, "hash", telegram.Options{PublicKeys: []telegram.PublicKey{{RSA: keys[0]}}, DCList: list})
	flow := auth.NewFlow(auth.TestUser("9996620001", 2), auth.SendCodeOptions{})
	if err := client.Run(context.Background(), func(ctx context.Context) error { return flow.Run(ctx, client.Auth()) }); err != nil {
		t.Fatal(err)
	}
}
