#pragma once
// Connector: the pure translation between the switch and one gateway. No socket, clock, store or cache:
// begin() and resume() say what to send and what an answer means; flows does the sending.
//
// A new gateway is one folder, one line in connectors/all.cpp and one block of configuration.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/http.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "domain/outcome.hpp"
#include "domain/payment.hpp"
#include "domain/routing/retry_rules.hpp"

namespace payweir {

struct PostalAddress {
  std::string first_name, last_name, line1, line2, line3, city, state, zip, country;
  [[nodiscard]] bool empty() const {
    return first_name.empty() && last_name.empty() && line1.empty() && line2.empty() && city.empty() &&
           state.empty() && zip.empty() && country.empty();
  }
};

struct ContactDetails {
  PostalAddress address;
  std::string phone, email;
};

// Held in memory for one request (or sealed until confirm); never stored, never logged.
struct Card {
  Secret number;
  Secret cvc;
  int expiry_month = 0;
  int expiry_year = 0;  // four digits
  std::string holder_name;
};

// A payer's wallet, as far as the merchant has to name it.
struct Wallet {
  PaymentMethod method = PaymentMethod::none;
  std::string payer_id;  // openid or buyer_open_id, for payments inside the wallet's app
  Secret auth_code;      // what the payer's app shows to be scanned; good for a minute
};

// What is neither a card nor a wallet: a lender or a bank of the payer's country. Who pays is in the billing
// details.
struct LocalMethod {
  PaymentMethod method = PaymentMethod::none;
  std::string bank;  // the payer's, in the wire's words ("ing"); "": they choose it at the gateway
  // A debit's, held in memory as a card is: the account's number or IBAN, and the bank's number.
  Secret account_number, routing_number;
  bool is_of_company = false;
  bool is_savings = false;
  // How the payer agreed to a debit: where from and with what browser, both "" when it was not online.
  std::string agreed_from_ip, agreed_with_user_agent;
};

// What one attempt is paid with.
using Instrument = std::variant<Card, Wallet, LocalMethod>;
[[nodiscard]] PaymentMethod method_of(const Instrument& instrument);

// Everything a connector may need to build the requests of one operation.
struct ConnectorRequest {
  OperationKind kind = OperationKind::authorise;  // never reversal: that is sent as a void or a refund
  std::string operation_reference;  // Operation::id as text: idempotency key and our reference, for ever
  std::string attempt_reference;    // Attempt::id as text: the order number at gateways that have one
  std::string payment_reference;    // payment id as the merchant sees it
  Money amount;                     // to authorise, capture or refund
  Money payment_amount;             // the whole payment
  CaptureMethod capture_method = CaptureMethod::automatic;
  AuthenticationType authentication_type = AuthenticationType::no_three_ds;
  PaymentMethod method = PaymentMethod::card;
  std::optional<Card> card;  // authorise by card only
  Wallet wallet;             // authorise by wallet only
  LocalMethod local;         // authorise by such a method only
  // The payer knows what to do: of a query, an order that waits for one who does not is as good as none.
  bool payer_was_told = false;
  std::string connector_payment_id;    // known for capture, void, refund; perhaps for a query
  std::string connector_operation_id;  // of a refund, once known
  Instant recorded_at;                 // when the operation was; nothing of it left before
  Duration sendable{};                 // how long after that it may have left, or arrived
  // Of a query: it must take the road that shows everything the gateway has done, however dear. Without it,
  // an index that lags behind will do.
  bool consistent = false;
  std::string description;
  std::string statement_descriptor_suffix;
  std::string refund_reason;
  std::string return_url;  // where the payer comes back to: an address of the switch
  std::string notify_url;  // where the gateway's callbacks go: an address of the switch
  Instant expires_at;      // of the payment: unpaid by then, the gateway should close it, too
  std::string payer_ip;    // "" when it is not known
  std::string customer_email;
  ContactDetails billing;
  ContactDetails shipping;
};

// What a merchant was given by the gateway: fields by the names that Capabilities::auth_types declares.
struct ConnectorCredentials {
  std::string auth_type;
  std::vector<std::pair<std::string, Secret>> fields;
  // Webhook signing secrets: current first, the previous one during a rotation.
  std::vector<Secret> webhook_secrets;

  // Empty when there is none of that name.
  [[nodiscard]] const Secret& field(std::string_view name) const;
  void set(std::string_view name, Secret value);
};

// Credentials as their connector uses them: keys parsed once, when an account is loaded. Shared by threads.
class PreparedCredentials {
 public:
  virtual ~PreparedCredentials() = default;
};

// What an account needs beside its credentials, which the gateway gives out and which ends one day: the
// certificates that it signs with, a token. Read once, kept by flows, shared by threads.
class Artefact {
 public:
  virtual ~Artefact() = default;
};
struct FetchedArtefact {
  std::shared_ptr<const Artefact> artefact;
  Instant refresh_at;  // when the next one should be fetched; until that is there, this one goes on
};

// A certificate that ends, whoever it belongs to.
struct CertificateTerm {
  std::string_view owner;  // "gateway" or "merchant"
  std::string serial;      // upper-case hex
  Instant not_after;
};

struct ConnectorContext {
  const ConnectorCredentials& credentials;
  std::string_view base_url;  // origin and path prefix without a trailing slash
  Instant now;
  Duration callback_tolerance = seconds(300);     // how old a signed callback may be
  const PreparedCredentials* prepared = nullptr;  // what prepare() made of the credentials
  std::string random = {};  // 16 random bytes, for a nonce; money sends and queries only
  std::shared_ptr<const Artefact> artefact = {};  // null: none is needed, or none was had yet
  // Whether Need is answered. It is once a call: after that there is no newer artefact, and what there is has
  // to do.
  bool may_need = false;
  // Whether the operation's money Send has gone out: no other may follow, whatever is answered.
  bool money_was_sent = false;
};

// Instead of a step: without a newer artefact the request cannot be built, or the answer not be read. The
// same call is made again when there is one, or when none could be had. Requires: ConnectorContext::may_need.
struct Need {};

enum class SendKind : std::uint8_t { money, query };

namespace step {
// Send this. A money send happens at most once an operation, and only after the operation is durable.
struct Send {
  http::Request request;
  SendKind kind = SendKind::money;
};
struct Done {
  Outcome outcome;
};
}  // namespace step
using Step = std::variant<step::Send, step::Done, Need>;

namespace ask {
// money: a void that is sent again, and would give back what was paid meanwhile. Only who has an operation
// to themselves may send it: another inquiry may have found the money there, and have said so.
struct Send {
  http::Request request;
  SendKind kind = SendKind::query;
};
struct Done {
  Finding finding;
};
}  // namespace ask
using AskStep = std::variant<ask::Send, ask::Done, Need>;

// How an operation is made impossible once it is not found, so that "not found" becomes a no.
enum class FenceKind : std::uint8_t { none, horizon, cancel, close, key_takeover };
// What the answer to a fence says.
enum class FenceAnswer : std::uint8_t {
  unclear,  // no answer, or one that says nothing
  holds,    // the operation was not executed, and never will be
  spent,    // the original arrived before the fence; what became of it, only a consistent query can tell
};
struct Fence {
  FenceKind kind = FenceKind::none;
  // horizon: a not-found this long after the record is final. cancel: not before so long after it, where the
  // cancellation pays back what was paid: it may be late itself, and must not meet an original that is late
  // and succeeds.
  Duration horizon{};
};

struct CredentialField {
  std::string_view name;
  std::string_view what;  // for people: what it is and where the gateway shows it
  bool is_required = true;
  bool is_secret = true;  // false: shown as it is
};
struct AuthType {
  std::string_view name;  // "HeaderKey"
  std::span<const CredentialField> fields;
};

// How a gateway wants to be told that its callback was taken, or was not.
struct Acknowledgement {
  std::string_view content_type = "application/json";
  std::string_view taken = "{}";
  std::string_view refused;  // "": the API's own error body
};

// What a gateway must be told of the payer, or of where the goods go.
enum class PayerField : std::uint8_t { name, email, country, shipping };

// What holds of one way to pay at a gateway, beside what holds of them all.
struct MethodTerms {
  PaymentMethod method = PaymentMethod::none;
  std::span<const std::string_view> currencies;  // none: the connector's
  std::span<const std::string_view> countries;   // of payers whom it is offered to; none: any
  bool manual_capture = false;
  std::span<const PayerField> required;
  std::span<const std::string_view> banks;  // that the payer may choose from; none: it is not asked for one
};

struct Capabilities {
  std::string_view name;          // "stripe"
  std::string_view display_name;  // "Stripe"
  std::string_view maturity;      // wip | alpha | stable
  bool manual_capture = false;
  bool partial_capture = false;
  bool partial_refund = false;
  std::span<const PaymentMethod> payment_methods;
  // What an account takes whose merchant has not said what it takes; the others are off at the gateway until
  // they are asked for there. None: all.
  std::span<const PaymentMethod> methods_unasked;
  std::span<const MethodTerms> method_terms;     // of those of which more is to be said
  std::span<const std::string_view> currencies;  // none: any
  std::span<const AuthType> auth_types;
  std::span<const routing::BuiltInRetryRule> retry_rules;
  Acknowledgement acknowledgement;
  bool signs_with_rsa = false;    // begin() and ask() belong on Offload
  bool needs_artefacts = false;   // of some of its accounts at least
  bool gives_statements = false;  // one a day, as a file
  bool has_certificates = false;  // of some of its accounts at least

  [[nodiscard]] bool takes(PaymentMethod method) const;
  [[nodiscard]] bool takes(Currency currency) const;
  [[nodiscard]] bool takes(PaymentMethod method, Currency currency) const;
  [[nodiscard]] bool takes_unasked(PaymentMethod method) const;
  // Whether it can be authorised first and captured later.
  [[nodiscard]] bool holds(PaymentMethod method) const;
  [[nodiscard]] const MethodTerms* terms_of(PaymentMethod method) const;  // null: there are none
};

// A verified callback, reduced to what it is about. Callbacks never carry an outcome into the switch:
// they say which operation to ask about, and the query's answer is what counts.
struct GatewayEvent {
  std::string event_id;              // the gateway's, unique per account
  std::string event_type;            // the gateway's word
  std::string operation_reference;   // ours, when the event carries it: an operation's id, or an attempt's
  std::string payment_reference;     // ours, when the event carries it
  std::string connector_payment_id;  // theirs
  std::string connector_refund_id;   // theirs, when it is about a refund
  std::optional<Money> amount;       // of the payment, when the gateway repeats it to be compared
};

namespace statement {
// Here it is: what its request is answered with is the file.
struct File {
  http::Request request;
  std::string sha1;  // of the unpacked file, in hex, as the gateway announced it; "": it announced none
  // Whether the request goes to where the gateway is configured to be. If not, it goes to a host that the
  // gateway documents, by https, and only a public address is to be believed of that.
  bool is_at_gateway = true;
};
struct NotReady {};  // ask again later
struct None {};      // nothing happened that day
}  // namespace statement
using StatementSource = std::variant<statement::File, statement::NotReady, statement::None>;

class PayerIdentification;

class Connector {
 public:
  virtual ~Connector() = default;
  [[nodiscard]] virtual const Capabilities& capabilities() const = 0;

  // Money. begin() gives the one money Send (or Done when the request cannot be built: rejected);
  // resume() reads its answer. The caller turns a transport error into NotSent or Unknown itself.
  [[nodiscard]] virtual Step begin(const ConnectorRequest& request,
                                   const ConnectorContext& context) const = 0;
  [[nodiscard]] virtual Step resume(const ConnectorRequest& request, const ConnectorContext& context,
                                    const http::Response& answer) const = 0;

  // Queries, about the same operation. Never sends anything that charges. `round` counts the answers of one
  // inquiry, 0 first: a not-found by one road may lead to another. A void that was sent is sent again, where
  // that is harmless: even when the payment is found paid, if the first one may still arrive and pay it back.
  [[nodiscard]] virtual AskStep ask(const ConnectorRequest& request,
                                    const ConnectorContext& context) const = 0;
  [[nodiscard]] virtual AskStep resume_ask(const ConnectorRequest& request, const ConnectorContext& context,
                                           int round, const http::Response& answer) const = 0;

  // After a not-found: what makes it final. key_takeover: begin_fence() builds an inert request under the
  // operation's own idempotency key; cancel and close: one that makes the order unusable. When read_fence()
  // reads from its answer that it holds, a late original can only be refused, and the operation is known not
  // to have been executed.
  [[nodiscard]] virtual Fence fence(const ConnectorRequest& request) const = 0;
  // Requires: fence(request).kind is key_takeover, cancel or close.
  [[nodiscard]] virtual http::Request begin_fence(const ConnectorRequest& request,
                                                  const ConnectorContext& context) const = 0;
  [[nodiscard]] virtual FenceAnswer read_fence(const ConnectorRequest& request,
                                               const ConnectorContext& context,
                                               const http::Response& answer) const = 0;

  // Callbacks: verified over the raw body, against the account's secrets. Errors: webhook_*.
  [[nodiscard]] virtual Result<GatewayEvent> read_webhook(const http::Headers& headers, std::string_view body,
                                                          const ConnectorContext& context) const = 0;

  // Whether a callback of this type may tell of something that the switch believes to be over: money that
  // moved after all, or a refund that came back. It is worth a query then.
  [[nodiscard]] virtual bool may_overturn(std::string_view event_type) const = 0;

  // Reads credentials when an account is made, and when it is loaded; null when there is nothing to prepare.
  // All required fields are there. Error: connector_credentials_invalid, which names the field.
  [[nodiscard]] virtual Result<std::shared_ptr<const PreparedCredentials>> prepare(
      const ConnectorCredentials& credentials) const = 0;

  // A harmless request that only good credentials can make, and whether its answer says that they are good.
  // Error of the latter: connector_credentials_invalid, in the gateway's words; gateway_unreadable.
  [[nodiscard]] virtual http::Request begin_verify(const ConnectorContext& context) const = 0;
  [[nodiscard]] virtual Result<void> read_verify(const ConnectorContext& context,
                                                 const http::Response& answer) const = 0;

  // Artefacts, where capabilities() has them: whether an account of these credentials works with one, how it
  // is asked for, and what the answer gives. What is still good of `context.artefact`, the one before, goes
  // over into the new one. Errors: connector_answer_malformed, signature_mismatch, gateway_unclear,
  // connector_credentials_invalid.
  [[nodiscard]] virtual bool needs_artefact(const ConnectorContext& context) const;
  [[nodiscard]] virtual http::Request begin_artefact(const ConnectorContext& context) const;
  [[nodiscard]] virtual Result<FetchedArtefact> read_artefact(const ConnectorContext& context,
                                                              const http::Response& answer) const;

  // Those that an account depends on, configured and fetched ones; to warn in time.
  [[nodiscard]] virtual std::vector<CertificateTerm> certificates(const ConnectorContext& context) const;

  // The statement of a day, "2026-11-22" as the gateway counts days, where capabilities() has them: asks for
  // it, and says where it is. Errors: invalid_value (no day, or one to come); connector_answer_malformed,
  // signature_mismatch, address_not_allowed (the file is said to be where the gateway has none),
  // connector_credentials_invalid, gateway_unclear.
  [[nodiscard]] virtual Result<http::Request> begin_statement(std::string_view day,
                                                              const ConnectorContext& context) const;
  [[nodiscard]] virtual Result<StatementSource> read_statement_answer(std::string_view day,
                                                                      const ConnectorContext& context,
                                                                      const http::Response& answer) const;

  // How a payer is told from others inside the wallet's own browser (connectors/payer_identification.hpp);
  // null where the gateway does not ask for that.
  [[nodiscard]] virtual const PayerIdentification* payer_identification() const { return nullptr; }
};

// Whether the fields that the auth_type asks for are there. Error: connector_credentials_invalid.
[[nodiscard]] Result<void> check_fields(const Capabilities& capabilities,
                                        const ConnectorCredentials& credentials);

// connectors/all.cpp: every connector of this build.
[[nodiscard]] std::span<const Connector* const> all_connectors();
[[nodiscard]] const Connector* find_connector(std::string_view name);
// Of all of them.
[[nodiscard]] std::span<const routing::RetryRule> built_in_retry_rules();

}  // namespace payweir
