// A page over Go's crypto/tls: server ADDRESS [GROUP]. cert.pem and key.pem lie in the working directory; secrets go to
// the file "keys" there.
package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"log"
	"os"
)

var groups = map[string]tls.CurveID{"P-256": tls.CurveP256, "P-384": tls.CurveP384, "X25519": tls.X25519}

func main() {
	identity, err := tls.LoadX509KeyPair("cert.pem", "key.pem")
	if err != nil {
		log.Fatal(err)
	}
	keys, err := os.Create("keys")
	if err != nil {
		log.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{identity}, MinVersion: tls.VersionTLS13, KeyLogWriter: keys}
	if len(os.Args) > 2 {
		config.CurvePreferences = []tls.CurveID{groups[os.Args[2]]}
	}
	listener, err := tls.Listen("tcp", os.Args[1], config)
	if err != nil {
		log.Fatal(err)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		// The first read makes the handshake.
		if _, err := bufio.NewReader(connection).ReadString('\n'); err != nil {
			log.Print(err)
		}
		fmt.Fprint(connection, "HTTP/1.0 200 OK\r\n\r\nGo\n")
		connection.Close()
	}
}
