package config

import "net"

// Address is the site's address for what knows no relative ones: as readers
// write it, else Local.
func (c *Config) Address() string {
	if c.Site.URL != "" {
		return c.Site.URL
	}
	return c.Local()
}

// Local is where programs on this machine reach the site.
func (c *Config) Local() string {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "http://" + c.Listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
