#pragma once
// Every row that the switch keeps; store/descriptors.hpp says which column each member is. Times are UTC
// milliseconds, amounts minor units. `details` columns hold JSON that no decision reads.
#include <string>

#include "domain/payment.hpp"
#include "domain/routing/retry_rules.hpp"
#include "store/table.hpp"

namespace payweir::store {

struct MerchantRow {
  MerchantId id;  // key = merchant_no, the tenant in every WHERE
  std::int64_t version = 1;
  std::string merchant_id;  // chosen by whoever creates it; unique
  std::string publishable_key;
  std::int64_t default_profile_key = 0;
  std::string details;
  Instant created_at, modified_at;
  bool deleted = false;
};

struct ProfileRow {
  ProfileId id;
  std::int64_t merchant_no = 0;
  std::int64_t version = 1;
  std::string name;  // unique within the merchant
  std::string webhook_url;
  std::string sealed_secrets;  // webhook signing secrets, sealed
  std::string details;
  Instant created_at, modified_at;
  bool deleted = false;
};

struct ApiKeyRow {
  ApiKeyId id;
  std::int64_t merchant_no = 0;
  std::int64_t version = 1;
  std::string hash;    // HMAC-SHA-256 of the secret part under the pepper
  std::string prefix;  // what may be shown: "snd_<key id>_xxxx"
  std::string name;
  std::string description;
  Instant expires_at;  // 0: never
  Instant created_at, modified_at;
  bool revoked = false;
};

struct ConnectorAccountRow {
  ConnectorAccountId id;
  std::int64_t merchant_no = 0;
  std::int64_t profile_key = 0;
  std::int64_t version = 1;
  std::string connector;  // "stripe"
  std::string label;      // unique within the profile
  std::string sealed_credentials;
  std::string details;
  bool disabled = false;
  Instant created_at, modified_at;
  bool deleted = false;
};

// How a profile's payments find their gateway account. At most one of a profile is active.
struct RoutingAlgorithmRow {
  RoutingAlgorithmId id;
  std::int64_t merchant_no = 0;
  std::int64_t profile_key = 0;
  std::int64_t version = 1;
  std::string name, description;
  std::string algorithm;  // JSON in the API's words: routing::read_algorithm
  bool active = false;
  std::int64_t canary_percent = 0;  // of the profile's payments, while its canary runs; else 0
  std::string canary;               // JSON: flows::CanaryRecord; "" of what never was one
  Instant created_at, modified_at;
};

// What one process saw of accounts in ten minutes (flows/routing/gateway_statistics.hpp). Drawn keys: rows of
// several processes and windows stand in the order in which they were begun.
struct GatewayStatisticsRow {
  std::int64_t key = 0;
  std::int64_t version = 1;
  Instant started_at, modified_at;
  std::string counts;
};

// An operator's word on what a gateway's word means, before the built-in ones. One of each name.
struct RetryRuleRow {
  std::int64_t key = 0;
  std::int64_t version = 1;
  routing::RetryRule rule;
  Instant created_at, modified_at;
};

// A person's word on an operation that the switch could not decide.
struct ManualSettlementRow {
  std::int64_t key = 0;
  std::int64_t merchant_no = 0;
  std::int64_t operation_key = 0;
  std::int64_t version = 1;
  enum class State : std::uint8_t {
    proposed = 1,  // waits for a second person
    done = 2,
    replaced = 3,  // by another proposal, before anybody agreed
  } state = State::proposed;
  // As the gateway executed it; 0: it did not.
  std::int64_t outcome = 0;       // AcceptedAs + 1
  std::int64_t amount_minor = 0;  // captured only
  std::string proposed_by, approved_by;
  std::string note;
  Instant created_at, modified_at;
};

// One row: which database this is. `identity` is of the file it is in, so that a copy is told from the
// original.
struct InstanceRow {
  std::int64_t key = 1;
  std::int64_t version = 1;
  std::int64_t epoch = 1;  // +1 each time that it is found restored or cloned
  std::string identity;
  bool under_review = false;  // nothing is sent until all that is open has been asked about
  Instant since;              // of the epoch
};

struct PaymentRow {
  Payment payment;
  std::string reference;  // the merchant's own payment_id, "" when it is ours
  std::string details;
  bool has_link = false;  // a payment link was handed out for it: in the index of those
};

// The same row without what only the merchant changes, for updates by a decision.
struct PaymentStateRow {
  Payment payment;
};

struct AttemptRow {
  Attempt attempt;
  std::int64_t merchant_no = 0;
};

struct OperationRow {
  Operation operation;
};

struct RefundRow {
  Refund refund;
  std::string reference;  // the merchant's own refund_id, "" when it is ours
  std::string details;
};

// An id that a client chose, and what it names. Unique (merchant_no, kind, text).
enum class AliasKind : std::uint8_t { payment = 1, refund = 2 };
struct AliasRow {
  std::int64_t key = 0;
  std::int64_t merchant_no = 0;
  AliasKind kind = AliasKind::payment;
  std::string text;
  std::int64_t target_key = 0;
};

// A key that a client sent. digest = 16 bytes of HMAC(principal, key) under the pepper; unique.
struct IdempotencyRow {
  std::int64_t key = 0;  // time-ordered, so that old ones go in a range
  std::string digest;
  std::string fingerprint;        // 16 bytes of HMAC(method, path, body)
  std::int64_t resource_key = 0;  // the payment or refund that it made, 0 when it made none
};

// The answer given to the request of that key, for ever the same.
struct AnswerRow {
  std::int64_t key = 0;  // IdempotencyRow::key
  std::int64_t status = 0;
  bool sealed = false;  // the body shows a secret
  std::string body;
};

// Money moved, debit to credit, positive amount: each row is zero-sum by itself. key = the operation's,
// so that an operation posts at most once.
struct PostingRow {
  std::int64_t key = 0;
  std::int64_t merchant_no = 0;
  std::int64_t payment_key = 0;
  std::int64_t debit_account = 0;  // ledger::AccountKind
  std::int64_t credit_account = 0;
  Money amount;
  Instant created_at;
};

// An event of a payment or refund. Unique (aggregate_key, sequence).
struct OutboxRow {
  EventId id;
  std::int64_t merchant_no = 0;
  std::int64_t profile_key = 0;
  std::int64_t aggregate_key = 0;  // the payment, also for events of its refunds
  std::int64_t refund_key = 0;
  std::int64_t sequence = 0;
  EventType type = EventType::payment_succeeded;
  Instant created_at;
};

// The delivery of an event to an endpoint; made only when the profile has one.
enum class DeliveryState : std::uint8_t { pending = 1, delivered = 2, dead = 3 };
struct DeliveryRow {
  std::int64_t key = 0;  // the event's
  std::int64_t merchant_no = 0;
  std::int64_t profile_key = 0;
  std::int64_t version = 1;
  DeliveryState state = DeliveryState::pending;
  std::int64_t attempt_count = 0;
  Instant due_at;
  std::int64_t last_status = 0;  // HTTP status of the last try, 0: none came
  std::string last_error;
  std::string body;  // exactly what is sent, so that every try sends the same
};

// A callback, stored before it is acknowledged. Unique (connector_account_key, event_id).
enum class InboxState : std::uint8_t { pending = 1, done = 2, orphan = 3 };
struct InboxRow {
  std::int64_t key = 0;
  std::int64_t merchant_no = 0;
  std::int64_t connector_account_key = 0;
  std::int64_t version = 1;
  std::string event_id;
  std::string event_type;
  std::string operation_reference, payment_reference, connector_payment_id, connector_refund_id;
  InboxState state = InboxState::pending;
  std::int64_t try_count = 0;
  Instant due_at;
  Instant received_at;
  std::int64_t payment_key = 0;  // what it turned out to be about; 0 until then
};

// The callback as it came, for whoever has to prove it. key = InboxRow::key.
struct CallbackBodyRow {
  std::int64_t key = 0;
  std::int64_t merchant_no = 0;
  std::string body;
};

}  // namespace payweir::store
