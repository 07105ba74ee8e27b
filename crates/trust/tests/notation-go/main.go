// A peer for tests: the Notary Project's own libraries, asked over standard input.
//
// `verify` reads one question a line and answers `verified`, or `rejected: ` and why. `sign` reads one order a line and
// answers with an envelope and the root that vouches for it. Nothing is fetched: revocation lists come with the question,
// and certificates here name no responder.
package main

import (
	"bufio"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/notaryproject/notation-core-go/revocation"
	"github.com/notaryproject/notation-core-go/revocation/crl"
	"github.com/notaryproject/notation-core-go/revocation/purpose"
	"github.com/notaryproject/notation-core-go/signature"
	_ "github.com/notaryproject/notation-core-go/signature/cose"
	_ "github.com/notaryproject/notation-core-go/signature/jws"
	"github.com/notaryproject/notation-go"
	"github.com/notaryproject/notation-go/verifier"
	"github.com/notaryproject/notation-go/verifier/trustpolicy"
	"github.com/notaryproject/notation-go/verifier/truststore"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

const payloadType = "application/vnd.cncf.notary.payload.v1+json"

// question is a signature and what it is held against; bytes are base64.
type question struct {
	MediaType string          `json:"mediaType"`
	Envelope  []byte          `json:"envelope"`
	Policy    json.RawMessage `json:"policy"`
	// Stores holds DER by `ca:name`.
	Stores map[string][][]byte `json:"stores"`
	// Lists are what every address of a revocation list gives, one after the other.
	Lists     [][]byte           `json:"lists"`
	Artifact  ocispec.Descriptor `json:"artifact"`
	Reference string             `json:"reference"`
}

// lists give a revocation list without a network.
type lists [][]byte

func (l lists) Fetch(context.Context, string) (*crl.Bundle, error) {
	if len(l) == 0 {
		return nil, errors.New("there is no list")
	}
	list, err := x509.ParseRevocationList(l[0])
	return &crl.Bundle{BaseCRL: list}, err
}

func revocations(asked question, purpose purpose.Purpose) (revocation.Validator, error) {
	return revocation.NewWithOptions(revocation.Options{
		OCSPHTTPClient:   &http.Client{Timeout: time.Second},
		CRLFetcher:       lists(asked.Lists),
		CertChainPurpose: purpose,
	})
}

// order is what to sign, and with what.
type order struct {
	MediaType string             `json:"mediaType"`
	Key       string             `json:"key"`
	Scheme    string             `json:"scheme"`
	Expiry    int64              `json:"expirySeconds"`
	Artifact  ocispec.Descriptor `json:"artifact"`
}

type signed struct {
	Envelope []byte `json:"envelope"`
	Root     []byte `json:"root"`
}

// stores are trust stores in memory, under the rules of those in files.
type stores map[string][][]byte

func (s stores) GetCertificates(_ context.Context, kind truststore.Type, name string) ([]*x509.Certificate, error) {
	var certificates []*x509.Certificate
	for _, der := range s[string(kind)+":"+name] {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		certificates = append(certificates, certificate)
	}
	if len(certificates) == 0 {
		return nil, errors.New("the store has no certificates")
	}
	return certificates, truststore.ValidateCertificates(certificates)
}

func verify(asked question) error {
	var policy trustpolicy.Document
	if err := json.Unmarshal(asked.Policy, &policy); err != nil {
		return err
	}
	code, err := revocations(asked, purpose.CodeSigning)
	if err != nil {
		return err
	}
	stamps, err := revocations(asked, purpose.Timestamping)
	if err != nil {
		return err
	}
	judge, err := verifier.NewWithOptions(&policy, stores(asked.Stores), nil, verifier.VerifierOptions{
		RevocationCodeSigningValidator:  code,
		RevocationTimestampingValidator: stamps,
	})
	if err != nil {
		return err
	}
	options := notation.VerifierVerifyOptions{ArtifactReference: asked.Reference, SignatureMediaType: asked.MediaType}
	_, err = judge.Verify(context.Background(), asked.Artifact, asked.Envelope, options)
	return err
}

func sign(wanted order) (signed, error) {
	rootKey, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return signed{}, err
	}
	root, err := certificate("root", true, nil, rootKey.Public(), rootKey)
	if err != nil {
		return signed{}, err
	}
	key, err := newKey(wanted.Key)
	if err != nil {
		return signed{}, err
	}
	leaf, err := certificate("release", false, root, key.Public(), rootKey)
	if err != nil {
		return signed{}, err
	}
	signer, err := signature.NewLocalSigner([]*x509.Certificate{leaf, root}, key)
	if err != nil {
		return signed{}, err
	}
	payload, err := json.Marshal(map[string]ocispec.Descriptor{"targetArtifact": wanted.Artifact})
	if err != nil {
		return signed{}, err
	}
	envelope, err := signature.NewEnvelope(wanted.MediaType)
	if err != nil {
		return signed{}, err
	}
	now := time.Now()
	request := &signature.SignRequest{
		Payload:       signature.Payload{ContentType: payloadType, Content: payload},
		Signer:        signer,
		SigningTime:   now.Add(-time.Minute),
		SigningScheme: signature.SigningScheme(wanted.Scheme),
		SigningAgent:  "example/1.0",
	}
	if wanted.Expiry != 0 {
		request.Expiry = now.Add(time.Duration(wanted.Expiry) * time.Second)
	}
	bytes, err := envelope.Sign(request)
	return signed{Envelope: bytes, Root: root.Raw}, err
}

func newKey(kind string) (crypto.Signer, error) {
	switch kind {
	case "P-256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "P-384":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "P-521":
		return ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "RSA 2048":
		return rsa.GenerateKey(rand.Reader, 2048)
	case "RSA 3072":
		return rsa.GenerateKey(rand.Reader, 3072)
	case "RSA 4096":
		return rsa.GenerateKey(rand.Reader, 4096)
	}
	return nil, fmt.Errorf("no such key: %s", kind)
}

func certificate(name string, ca bool, issuer *x509.Certificate, key crypto.PublicKey, by crypto.Signer) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject: pkix.Name{
			Country: []string{"US"}, Province: []string{"WA"}, Organization: []string{"Example"}, CommonName: name,
		},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
	}
	if ca {
		template.KeyUsage, template.IsCA = x509.KeyUsageCertSign|x509.KeyUsageCRLSign, true
	} else {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
	}
	if issuer == nil {
		issuer = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key, by)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func answer(mode string, line []byte) (string, error) {
	switch mode {
	case "verify":
		var asked question
		if err := json.Unmarshal(line, &asked); err != nil {
			return "", err
		}
		if err := verify(asked); err != nil {
			return "rejected: " + strings.ReplaceAll(err.Error(), "\n", " "), nil
		}
		return "verified", nil
	case "sign":
		var wanted order
		if err := json.Unmarshal(line, &wanted); err != nil {
			return "", err
		}
		made, err := sign(wanted)
		if err != nil {
			return "", err
		}
		text, err := json.Marshal(made)
		return string(text), err
	}
	return "", fmt.Errorf("usage: notation-peer verify|sign")
}

func main() {
	mode := ""
	if len(os.Args) == 2 {
		mode = os.Args[1]
	}
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 64<<20)
	for input.Scan() {
		told, err := answer(mode, input.Bytes())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(told)
	}
}
