package hook

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha1" // #nosec G505 -- version 1 of SNS's signatures is made with it, and topics have that version unless told otherwise
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"time"

	"broadsheet"
)

// snsMessage is what SNS posts.
type snsMessage struct {
	Type, MessageID, TopicArn, Subject, Message, Timestamp string
	SignatureVersion, Signature, SigningCertURL            string
	Token, SubscribeURL                                    string
}

// snsSpan is how old a message may be: SNS tries for hours at most, unless told
// otherwise.
const snsSpan = 25 * time.Hour

// sns checks a message and gives it where it is news. A wish to confirm that the
// topic may post here is granted, since the topic is the one that is set up.
func (h *Hooks) sns(ctx context.Context, body []byte) (*snsMessage, error) {
	var m snsMessage
	if err := read(body, &m); err != nil {
		return nil, err
	}
	if m.TopicArn != h.o.SESTopic {
		return nil, errSignature
	}
	if err := h.verify(ctx, &m); err != nil {
		return nil, err
	}
	at, err := time.Parse(time.RFC3339, m.Timestamp)
	if err != nil || !h.fresh(at, snsSpan) {
		return nil, errStale
	}
	switch m.Type {
	case "Notification":
		return &m, nil
	case "SubscriptionConfirmation":
		return nil, h.confirm(ctx, &m)
	}
	h.o.Log.Warn("the topic of SES does not post here any more", "topic", m.TopicArn)
	return nil, nil
}

// signed is the text that a message's signature is of.
func (m *snsMessage) signed() (string, bool) {
	pairs := []string{"Message", m.Message, "MessageId", m.MessageID}
	switch m.Type {
	case "Notification":
		if m.Subject != "" {
			pairs = append(pairs, "Subject", m.Subject)
		}
		pairs = append(pairs, "Timestamp", m.Timestamp)
	case "SubscriptionConfirmation", "UnsubscribeConfirmation":
		pairs = append(pairs, "SubscribeURL", m.SubscribeURL, "Timestamp", m.Timestamp, "Token", m.Token)
	default:
		return "", false
	}
	pairs = append(pairs, "TopicArn", m.TopicArn, "Type", m.Type)
	return strings.Join(pairs, "\n") + "\n", true
}

func (h *Hooks) verify(ctx context.Context, m *snsMessage) error {
	text, ok := m.signed()
	signature, err := base64.StdEncoding.DecodeString(m.Signature)
	if !ok || err != nil {
		return errSignature
	}
	region, err := regionOf(h.o.SESTopic)
	if err != nil {
		return err
	}
	if !certURL.MatchString(m.SigningCertURL) || !ofRegion(m.SigningCertURL, region) {
		return errSignature
	}
	key, err := h.certs.key(ctx, m.SigningCertURL, h.o.Get, h.o.Now())
	if err != nil {
		return err
	}
	switch m.SignatureVersion {
	case "1":
		sum := sha1.Sum([]byte(text)) // #nosec G401 -- see above
		err = rsa.VerifyPKCS1v15(key, crypto.SHA1, sum[:], signature)
	case "2":
		sum := sha256.Sum256([]byte(text))
		err = rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature)
	default:
		return errSignature
	}
	if err != nil {
		return errSignature
	}
	return nil
}

// confirm visits the address with which SNS asks whether the topic may post here.
func (h *Hooks) confirm(ctx context.Context, m *snsMessage) error {
	region, err := regionOf(m.TopicArn)
	if err != nil {
		return err
	}
	u, err := url.Parse(m.SubscribeURL)
	if err != nil || !ofRegion(m.SubscribeURL, region) || u.Path != "/" || u.Query().Get("Action") != "ConfirmSubscription" || u.Query().Get("TopicArn") != m.TopicArn {
		return errShape
	}
	if _, err := h.o.Get(ctx, m.SubscribeURL); err != nil {
		return broadsheet.Errorf(broadsheet.Unavailable, "the subscription of the topic could not be confirmed")
	}
	h.o.Log.Info("the topic of SES posts here from now on", "topic", m.TopicArn)
	return nil
}

var (
	topicForm = regexp.MustCompile(`^arn:aws(?:-cn|-us-gov)?:sns:([a-z]{2,3}(?:-[a-z]+)+-[0-9]):[0-9]{12}:[A-Za-z0-9_-]{1,256}$`)
	certURL   = regexp.MustCompile(`^https://[a-z0-9.-]+/SimpleNotificationService-[0-9a-zA-Z]{8,64}\.pem$`)
)

// regionOf is the region in the ARN of a topic.
func regionOf(topic string) (string, error) {
	m := topicForm.FindStringSubmatch(topic)
	if m == nil {
		return "", broadsheet.InvalidField("mail.hook_ses_topic", "is not the ARN of an SNS topic", "write it as arn:aws:sns:eu-west-1:123456789012:bounces")
	}
	return m[1], nil
}

// ofRegion tells whether an address is one of SNS in a region.
func ofRegion(address, region string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil {
		return false
	}
	return u.Host == "sns."+region+".amazonaws.com" || strings.HasPrefix(region, "cn-") && u.Host == "sns."+region+".amazonaws.com.cn"
}
