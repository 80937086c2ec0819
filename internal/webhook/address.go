package webhook

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"gezhi/internal/fault"
)

// Reach is which addresses besides public ones notices may go to.
type Reach struct {
	Private  bool // private networks, such as 10.0.0.0/8 of a government's own network
	Loopback bool // this machine itself, by plain http too: for trying out
}

// MaxURL is the most characters an address may have.
const MaxURL = 500

// Check refuses an address that could not be sent to, before it is registered. What a name leads to is looked at
// for every connection, not here. Faults are about the field url.
func (r Reach) Check(address string) error {
	u, err := url.Parse(address)
	switch {
	case len(address) > MaxURL || err != nil || u.Hostname() == "" || u.Opaque != "":
		return fault.Field("url", "请填写完整网址，如 https://example.gov.cn/gezhi。", "Write a whole address, such as https://example.gov.cn/gezhi.")
	case u.User != nil || u.Fragment != "":
		return fault.Field("url", "网址中不能带用户名、密码或 # 片段；推送由签名证明来源。", "The address may hold no user name, password or fragment; a signature proves where notices come from.")
	case u.Scheme == "http" && r.Loopback && local(u.Hostname()):
		return nil
	case u.Scheme != "https":
		return fault.Field("url", "网址须以 https:// 开头。", "The address must begin with https://.")
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && r.allows(ip) != nil {
		return fault.Field("url", "不能推送到 %[1]s：内网、本机等地址须由运行单位开启后才能使用。", "Notices cannot go to %[1]s: private, local and similar addresses must be allowed by whoever runs the service.", ip.String())
	}
	return nil
}

func local(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

var errNotAllowed = errors.New("the address is in a network that notices may not be sent to")

// reserved are networks that lead nowhere public, or somewhere else than they say: shared and test networks, and
// those of IPv6 that carry an IPv4 address inside.
var reserved = prefixes("0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10")

// shared is the network of carriers' address translation: private in all but name.
var shared = netip.MustParsePrefix("100.64.0.0/10")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// allows refuses an IP address that notices may not go to. Link-local addresses are refused whatever is allowed:
// the services that machines in a cloud ask for their credentials have them.
func (r Reach) allows(ip netip.Addr) error {
	ip = ip.Unmap().WithZone("")
	switch {
	case ip.IsLoopback():
		if r.Loopback {
			return nil
		}
	case ip.IsPrivate() || shared.Contains(ip):
		if r.Private {
			return nil
		}
	case !ip.IsGlobalUnicast() || ip.IsMulticast() || ip.IsLinkLocalUnicast():
	default:
		for _, p := range reserved {
			if p.Contains(ip) {
				return fmt.Errorf("%s: %w", ip, errNotAllowed)
			}
		}
		return nil
	}
	return fmt.Errorf("%s: %w", ip, errNotAllowed)
}

// control looks at the address of a connection that is about to be made, after its name was resolved, so that a name
// cannot lead elsewhere than it did when it was checked. only narrows what is allowed further.
func (r Reach) control(only func(netip.Addr) bool) func(network, address string, _ syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !strings.HasPrefix(network, "tcp") {
			return fmt.Errorf("%s %s: %w", network, address, errNotAllowed)
		}
		if only != nil && !only(to.Addr()) {
			return fmt.Errorf("%s: %w", to.Addr(), errNotAllowed)
		}
		return r.allows(to.Addr())
	}
}
