package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"broadsheet"
)

const ticketColumns = "purpose, account_id, address, code, browser, data, tries, created_at, expires_at"

func scanTicket(rows *sql.Rows) (x broadsheet.Ticket, err error) {
	var data string
	var created, expires int64
	if err := rows.Scan(&x.Purpose, &x.AccountID, &x.Address, &x.Code, &x.Browser, &data, &x.Tries, &created, &expires); err != nil {
		return x, err
	}
	x.CreatedAt, x.ExpiresAt = microTime(created), microTime(expires)
	return x, json.Unmarshal([]byte(data), &x.Data)
}

// PutTicket keeps a ticket under the hash of its token.
func (s *Store) PutTicket(ctx context.Context, hash string, x broadsheet.Ticket) error {
	data, err := json.Marshal(x.Data)
	if err != nil {
		return err
	}
	// Strangers make tickets: many of them share a commit.
	return s.submit(ctx, func(ctx context.Context, tx *txn) error {
		_, err := tx.exec(ctx, `INSERT INTO tickets (hash, `+ticketColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			hash, x.Purpose, x.AccountID, x.Address, x.Code, x.Browser, string(data), x.Tries, sortMicros(x.CreatedAt), sortMicros(x.ExpiresAt))
		return err
	})
}

var errNoTicket = broadsheet.Errorf(broadsheet.NotFound, "there is no such ticket")

// Ticket looks at one that holds at a time; NotFound where there is none.
func (s *Store) Ticket(ctx context.Context, hash, purpose string, now time.Time) (broadsheet.Ticket, error) {
	rows, err := s.query(ctx, `SELECT `+ticketColumns+` FROM tickets WHERE hash = $1 AND purpose = $2 AND expires_at > $3`, hash, purpose, sortMicros(now))
	return firstTicket(s, rows, err)
}

func firstTicket(s *Store, rows *sql.Rows, err error) (broadsheet.Ticket, error) {
	found, err := collect(rows, err, scanTicket)
	if err != nil {
		return broadsheet.Ticket{}, s.explain(err)
	}
	if len(found) == 0 {
		return broadsheet.Ticket{}, errNoTicket
	}
	return found[0], nil
}

// TakeTicket uses up the ticket with that hash; NotFound where there is none, or
// somebody else was first. browser is the hash of the word of the browser that
// asks: a ticket for another one stays, and is NotFound.
func (s *Store) TakeTicket(ctx context.Context, hash, purpose, browser string, now time.Time) (x broadsheet.Ticket, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		rows, err := tx.QueryContext(ctx, s.dialect.rebind(`DELETE FROM tickets WHERE hash = $1 AND purpose = $2 AND expires_at > $3 AND (browser = '' OR browser = $4)
		  RETURNING `+ticketColumns), hash, purpose, sortMicros(now), browser)
		x, err = firstTicket(s, rows, err)
		return err
	})
	return x, err
}

// TakeCode uses up the ticket of a browser whose code has that hash. Where the
// code is another, all tickets of that purpose and browser count a wrong try;
// those with most of them are gone. It is NotFound either way.
func (s *Store) TakeCode(ctx context.Context, code, purpose, browser string, most int, now time.Time) (x broadsheet.Ticket, err error) {
	found := false
	err = s.quietTx(ctx, func(tx *txn) error {
		found = false
		rows, err := tx.QueryContext(ctx, s.dialect.rebind(`DELETE FROM tickets WHERE browser = $1 AND purpose = $2 AND code = $3 AND expires_at > $4 AND tries < $5
		  RETURNING `+ticketColumns), browser, purpose, code, sortMicros(now), most)
		x, err = firstTicket(s, rows, err)
		if err == nil {
			found = true
			return nil
		}
		if err != errNoTicket {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE tickets SET tries = tries + 1 WHERE browser = $1 AND purpose = $2`, browser, purpose)
		return err
	})
	if err == nil && !found {
		err = errNoTicket
	}
	return x, err
}

// TryTicket counts a try at a ticket and gives it; NotFound where there is none
// or it was tried most times already.
func (s *Store) TryTicket(ctx context.Context, hash, purpose string, most int, now time.Time) (x broadsheet.Ticket, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		rows, err := tx.QueryContext(ctx, s.dialect.rebind(`UPDATE tickets SET tries = tries + 1 WHERE hash = $1 AND purpose = $2 AND expires_at > $3 AND tries < $4
		  RETURNING `+ticketColumns), hash, purpose, sortMicros(now), most)
		x, err = firstTicket(s, rows, err)
		return err
	})
	return x, err
}

// DropTickets removes those of a purpose that are about an account.
func (s *Store) DropTickets(ctx context.Context, purpose string, account int64) error {
	_, err := s.alter(ctx, `DELETE FROM tickets WHERE purpose = $1 AND account_id = $2`, purpose, account)
	return err
}
