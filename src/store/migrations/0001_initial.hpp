#pragma once
// The first schema. A migration that has been released is never edited: the next one changes what it made.
//
// Keys are time-ordered integers, so that every table and every index on a parent's key grows at its right
// edge. An index on anything else dirties one page a row: each index says why it is worth it (docs/adr/0004).
#include <string_view>

namespace payweir::store::migrations {

inline constexpr std::string_view k0001Initial = R"sql(
CREATE TABLE merchant (
  key INTEGER PRIMARY KEY, salt INTEGER NOT NULL, version INTEGER NOT NULL, merchant_id TEXT NOT NULL,
  publishable_key TEXT NOT NULL, default_profile_key INTEGER NOT NULL, details TEXT NOT NULL,
  created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL, deleted INTEGER NOT NULL CHECK (deleted IN (0, 1))
) STRICT;
-- Safety: an id that its creator chose names one merchant.
CREATE UNIQUE INDEX merchant_by_merchant_id ON merchant (merchant_id);

CREATE TABLE profile (
  key INTEGER PRIMARY KEY, salt INTEGER NOT NULL, merchant_no INTEGER NOT NULL, version INTEGER NOT NULL,
  name TEXT NOT NULL, webhook_url TEXT NOT NULL, sealed_secrets BLOB NOT NULL, details TEXT NOT NULL,
  created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL, deleted INTEGER NOT NULL CHECK (deleted IN (0, 1))
) STRICT;
-- Safety: one live profile a name. It also lists a merchant's profiles.
CREATE UNIQUE INDEX profile_by_name ON profile (merchant_no, name) WHERE deleted = 0;

CREATE TABLE api_key (
  key INTEGER PRIMARY KEY, salt INTEGER NOT NULL, merchant_no INTEGER NOT NULL, version INTEGER NOT NULL,
  hash BLOB NOT NULL, prefix TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,
  expires_at INTEGER NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL,
  revoked INTEGER NOT NULL CHECK (revoked IN (0, 1))
) STRICT;
-- Listing a merchant's keys; written rarely.
CREATE INDEX api_key_by_merchant ON api_key (merchant_no);

CREATE TABLE connector_account (
  key INTEGER PRIMARY KEY, salt INTEGER NOT NULL, merchant_no INTEGER NOT NULL, profile_key INTEGER NOT NULL,
  version INTEGER NOT NULL, connector TEXT NOT NULL, label TEXT NOT NULL, sealed_credentials BLOB NOT NULL,
  details TEXT NOT NULL, disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)), created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL, deleted INTEGER NOT NULL CHECK (deleted IN (0, 1))
) STRICT;
-- Safety: a label names one account of a profile. It also lists a profile's accounts.
CREATE UNIQUE INDEX connector_account_by_label ON connector_account (profile_key, label) WHERE deleted = 0;
-- Listing a merchant's accounts; written rarely.
CREATE INDEX connector_account_by_merchant ON connector_account (merchant_no);

CREATE TABLE payment (
  key INTEGER PRIMARY KEY, salt INTEGER NOT NULL, merchant_no INTEGER NOT NULL, profile_key INTEGER NOT NULL,
  version INTEGER NOT NULL, state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 12),
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0), currency INTEGER NOT NULL,
  captured_minor INTEGER NOT NULL CHECK (captured_minor BETWEEN 0 AND amount_minor),
  refunded_minor INTEGER NOT NULL CHECK (refunded_minor >= 0),
  refund_reserved_minor INTEGER NOT NULL CHECK (refund_reserved_minor >= 0),
  capture_method INTEGER NOT NULL, authentication_type INTEGER NOT NULL,
  has_payment_method INTEGER NOT NULL CHECK (has_payment_method IN (0, 1)), attempt_count INTEGER NOT NULL,
  event_sequence INTEGER NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, reference TEXT NOT NULL, details TEXT NOT NULL,
  CHECK (refunded_minor + refund_reserved_minor <= captured_minor)
) STRICT;
-- The expiry job. A payment created with confirm is never in it: it starts in processing (3). Not written as
-- IN (1, 2, 4): for that, SQLite fills a table in memory each time it looks whether a row belongs in.
CREATE INDEX payment_unpaid ON payment (expires_at) WHERE state < 5 AND state <> 3;
-- Authorisations that wait for their capture: whether the gateway still holds them is looked at now and then.
CREATE INDEX payment_held ON payment (modified_at) WHERE state = 5;
-- What waits for a person. Few, or something is very wrong.
CREATE INDEX payment_with_operator ON payment (modified_at) WHERE state > 10;

CREATE TABLE attempt (
  key INTEGER PRIMARY KEY, salt INTEGER NOT NULL, merchant_no INTEGER NOT NULL, payment_key INTEGER NOT NULL,
  connector_account_key INTEGER NOT NULL, version INTEGER NOT NULL, number INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 14), amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  currency INTEGER NOT NULL, authorised_minor INTEGER NOT NULL CHECK (authorised_minor >= 0),
  captured_minor INTEGER NOT NULL CHECK (captured_minor BETWEEN 0 AND authorised_minor),
  connector_payment_id TEXT NOT NULL, error_code TEXT NOT NULL, error_message TEXT NOT NULL,
  decline_reason INTEGER NOT NULL, retry_class INTEGER NOT NULL, cvc_check TEXT NOT NULL,
  address_line1_check TEXT NOT NULL, address_postal_code_check TEXT NOT NULL, card_network TEXT NOT NULL,
  network_transaction_id TEXT NOT NULL, next_action_url TEXT NOT NULL, created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL
) STRICT;
-- Safety: one live attempt a payment. States 1 to 7 are the live ones (domain: is_live).
CREATE UNIQUE INDEX attempt_live ON attempt (payment_key) WHERE state <= 7;
-- The other attempts of a payment. Each attempt is in one of the two indexes, so that it costs one entry.
CREATE INDEX attempt_ended ON attempt (payment_key) WHERE state > 7;
-- Money that came late and is to be given back (succeeded_late).
CREATE INDEX attempt_late ON attempt (modified_at) WHERE state = 12;

CREATE TABLE operation (
  key INTEGER PRIMARY KEY, salt INTEGER NOT NULL, merchant_no INTEGER NOT NULL, payment_key INTEGER NOT NULL,
  attempt_key INTEGER NOT NULL, refund_key INTEGER NOT NULL, connector_account_key INTEGER NOT NULL,
  version INTEGER NOT NULL, kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5),
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3), result INTEGER NOT NULL CHECK (result BETWEEN 0 AND 4),
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0), currency INTEGER NOT NULL, ask_count INTEGER NOT NULL,
  ask_at INTEGER NOT NULL, created_at INTEGER NOT NULL, connector_operation_id TEXT NOT NULL
) STRICT;
-- The resolver. Only operations under way are in it, so it stays as small as their number.
CREATE INDEX operation_due ON operation (ask_at) WHERE state <> 3;
-- The operations of a payment. payment_key never changes, so an update leaves it alone: one entry at the
-- right edge is cheaper than a partial index of the live ones, which each payment enters and leaves.
CREATE INDEX operation_by_payment ON operation (payment_key);

CREATE TABLE refund (
  key INTEGER PRIMARY KEY, salt INTEGER NOT NULL, merchant_no INTEGER NOT NULL, payment_key INTEGER NOT NULL,
  attempt_key INTEGER NOT NULL, version INTEGER NOT NULL, state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 4),
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), currency INTEGER NOT NULL,
  connector_refund_id TEXT NOT NULL, error_code TEXT NOT NULL, error_message TEXT NOT NULL,
  created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL, reference TEXT NOT NULL, details TEXT NOT NULL
) STRICT;
-- What waits for a person.
CREATE INDEX refund_with_operator ON refund (modified_at) WHERE state = 4;
-- The refunds of a payment, shown with it.
CREATE INDEX refund_by_payment ON refund (payment_key);

-- Which database this is; one row.
CREATE TABLE instance (
  key INTEGER PRIMARY KEY CHECK (key = 1), version INTEGER NOT NULL, epoch INTEGER NOT NULL,
  identity TEXT NOT NULL, under_review INTEGER NOT NULL CHECK (under_review IN (0, 1)), since INTEGER NOT NULL
) STRICT;

-- What people said of operations that the switch could not decide, and who agreed. Rows stay for ever.
CREATE TABLE manual_settlement (
  key INTEGER PRIMARY KEY, merchant_no INTEGER NOT NULL, operation_key INTEGER NOT NULL,
  version INTEGER NOT NULL, state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3), outcome INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0), proposed_by TEXT NOT NULL, approved_by TEXT NOT NULL,
  note TEXT NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL
) STRICT;
-- Safety: one proposal at a time; a second one says so instead of standing beside it.
CREATE UNIQUE INDEX manual_settlement_proposed ON manual_settlement (operation_key) WHERE state = 1;

CREATE TABLE alias (
  key INTEGER PRIMARY KEY, merchant_no INTEGER NOT NULL, kind INTEGER NOT NULL, text TEXT NOT NULL,
  target_key INTEGER NOT NULL
) STRICT;
-- Safety: an id that a merchant chose names one payment or refund. Random, and only for those who choose.
CREATE UNIQUE INDEX alias_by_text ON alias (merchant_no, kind, text);

CREATE TABLE idempotency (
  key INTEGER PRIMARY KEY, digest BLOB NOT NULL CHECK (length(digest) = 16), fingerprint BLOB NOT NULL,
  resource_key INTEGER NOT NULL
) STRICT;
-- Safety: a key that was sent twice is executed once. An index over digest would be the one random index on
-- the path of a payment; store/sqlite/claim_index.hpp keeps these two instead. The first is an index that is
-- written in chunks; every claim whose key is below the watermark is in it.
CREATE TABLE claim_digest (digest BLOB PRIMARY KEY, key INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE claim_watermark (watermark INTEGER NOT NULL) STRICT;
INSERT INTO claim_watermark (watermark) VALUES (0);

CREATE TABLE answer (
  key INTEGER PRIMARY KEY, status INTEGER NOT NULL, sealed INTEGER NOT NULL CHECK (sealed IN (0, 1)),
  body BLOB NOT NULL
) STRICT;

-- Append-only. The key says what was booked, which is booked once: an operation's for what it moved, an
-- attempt's for a charge that came late, a refund's for one that came back.
CREATE TABLE posting (
  key INTEGER PRIMARY KEY, merchant_no INTEGER NOT NULL, payment_key INTEGER NOT NULL,
  debit_account INTEGER NOT NULL, credit_account INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), currency INTEGER NOT NULL, created_at INTEGER NOT NULL,
  CHECK (debit_account <> credit_account)
) STRICT;

CREATE TABLE outbox (
  key INTEGER PRIMARY KEY, salt INTEGER NOT NULL, merchant_no INTEGER NOT NULL, profile_key INTEGER NOT NULL,
  aggregate_key INTEGER NOT NULL, refund_key INTEGER NOT NULL, sequence INTEGER NOT NULL CHECK (sequence > 0),
  type INTEGER NOT NULL, created_at INTEGER NOT NULL
) STRICT;
-- Safety: the events of a payment are numbered without a repetition.
CREATE UNIQUE INDEX outbox_by_sequence ON outbox (aggregate_key, sequence);

CREATE TABLE delivery (
  key INTEGER PRIMARY KEY, merchant_no INTEGER NOT NULL, profile_key INTEGER NOT NULL, version INTEGER NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3), attempt_count INTEGER NOT NULL, due_at INTEGER NOT NULL,
  last_status INTEGER NOT NULL, last_error TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
-- The delivery job. Only what is still to be delivered is in it.
CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 1;
-- The dead letters of a merchant, for replaying them. Few, and written when hope is given up.
CREATE INDEX delivery_dead ON delivery (merchant_no) WHERE state = 3;

CREATE TABLE inbox (
  key INTEGER PRIMARY KEY, merchant_no INTEGER NOT NULL, connector_account_key INTEGER NOT NULL,
  version INTEGER NOT NULL, event_id TEXT NOT NULL, event_type TEXT NOT NULL, operation_reference TEXT NOT NULL,
  payment_reference TEXT NOT NULL, connector_payment_id TEXT NOT NULL, connector_refund_id TEXT NOT NULL,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3), try_count INTEGER NOT NULL, due_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
-- Safety: a gateway's event takes effect once, however often it is sent.
CREATE UNIQUE INDEX inbox_by_event ON inbox (connector_account_key, event_id);
-- The job that works the inbox off, and the one that matches orphans again.
CREATE INDEX inbox_due ON inbox (due_at) WHERE state = 1;
CREATE INDEX inbox_orphan ON inbox (received_at) WHERE state = 3;
)sql";

}  // namespace payweir::store::migrations
