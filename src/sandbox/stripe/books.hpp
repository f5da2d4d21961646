#pragma once
// The books: every intent, charge and refund that the modelled gateway knows, and sums per account and
// currency. Money moves only through the functions of Books, each of which keeps the sums; they are the
// oracle that a test holds the switch against.
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/money.hpp"
#include "base/time.hpp"
#include "sandbox/stripe/cards.hpp"
#include "sandbox/stripe/flat_index.hpp"
#include "sandbox/stripe/object_id.hpp"
#include "sandbox/stripe/packed_pairs.hpp"

namespace payweir::sandbox::stripe {

enum class IntentStatus : std::uint8_t {
  requires_payment_method,
  requires_confirmation,
  requires_action,
  processing,
  requires_capture,
  succeeded,
  canceled,
};

enum class MethodType : std::uint8_t {
  none,
  card,
  klarna,
  afterpay_clearpay,
  affirm,
  ideal,
  eps,
  giropay,
  bancontact,
  p24,
  sofort,
  alipay,
  wechat_pay,
  customer_balance,
  us_bank_account,
  sepa_debit,
};

// How the payer proved who they are.
enum class Authentication : std::uint8_t { none, frictionless, challenge };

// What a payment was made with. Of a card: never its number, never its code.
struct Method {
  MethodType type = MethodType::none;
  BehaviourIndex behaviour = 0;
  Brand brand = Brand::unknown;
  std::uint8_t exp_month = 0;
  std::uint16_t exp_year = 0;
  std::uint16_t last4 = 0;
  bool has_cvc = false;
  bool has_line1 = false;
  bool has_postal_code = false;
  std::uint16_t ordinal = 0;  // of its id within the intent it came with
};

struct Charge {
  std::int64_t created_ms = 0;
  std::int64_t amount = 0;    // authorised
  std::int64_t captured = 0;  // 0 … amount
  std::int64_t refunded = 0;  // 0 … captured; pending refunds count
  Method method;
  Decline failure = Decline::none;
  Authentication authentication = Authentication::none;
  bool open = false;  // authorised and neither captured nor released

  [[nodiscard]] bool paid() const { return failure == Decline::none; }
};

enum class RefundStatus : std::uint8_t { pending, succeeded, failed };

struct Refund {
  std::int64_t created_ms = 0;
  std::int64_t amount = 0;
  std::uint16_t charge = 0;  // ordinal
  RefundStatus status = RefundStatus::succeeded;
  std::uint32_t place_in_account = 0;  // in Account::refunds
  PackedPairs metadata;
  PackedPairs texts;  // reason
};

inline constexpr std::uint32_t kNoIntent = 0xffffffff;
inline constexpr std::uint32_t kNoAnswer = 0xffffffff;

struct Intent {
  std::uint64_t salt = 0;
  std::int64_t created_ms = 0;
  std::int64_t canceled_ms = 0;
  std::int64_t amount = 0;
  std::uint32_t number = 0;  // its place in the books
  std::uint32_t account = 0;
  std::uint32_t older = kNoIntent;          // the one before it in the same account
  std::uint32_t newest_answer = kNoAnswer;  // head of the answers kept under idempotency keys
  Currency currency;
  IntentStatus status = IntentStatus::requires_payment_method;
  bool manual_capture = false;
  bool reusable = false;       // setup_future_usage was given: its methods may pay again
  bool asks_three_ds = false;  // request_three_d_secure=any
  Decline last_error = Decline::none;
  MethodType offered = MethodType::card;  // payment_method_types[0]
  std::uint16_t method_count = 0;
  Method method;  // type none: there is none
  PackedPairs metadata;
  PackedPairs texts;  // return_url, description, customer, …: given by the caller, echoed
  std::vector<Charge> charges;
  std::vector<Refund> refunds;

  // Charges have the ordinals 1…; nullptr when there is none.
  [[nodiscard]] const Charge* latest_charge() const { return charges.empty() ? nullptr : &charges.back(); }
  [[nodiscard]] std::int64_t capturable() const {
    return !charges.empty() && charges.back().open ? charges.back().amount : 0;
  }
  [[nodiscard]] std::int64_t received() const { return charges.empty() ? 0 : charges.back().captured; }
};

struct Totals {
  std::int64_t charges = 0;  // that the issuer said yes to
  std::int64_t declines = 0;
  std::int64_t refunds = 0;                                               // that have not failed
  std::int64_t authorized = 0, captured = 0, released = 0, refunded = 0;  // minor units
};

struct RefundPlace {
  std::uint32_t intent = 0;
  std::uint16_t ordinal = 0;
  friend bool operator==(const RefundPlace&, const RefundPlace&) = default;
};

struct Account {
  std::string id;  // "acct_…", made from the API key
  std::int64_t intents = 0;
  std::uint32_t newest_intent = kNoIntent;
  std::vector<RefundPlace> refunds;                   // in the order they were made
  std::map<std::string, Totals, std::less<>> totals;  // by currency code
};

// What the payments under one reference of the switch amount to, over all accounts.
struct ReferenceTotals {
  std::int64_t charge_count = 0;  // charges of which something was captured
  std::int64_t captured = 0, refunded = 0;
  std::int64_t held = 0;  // authorised and still open
};

class Books {
 public:
  static constexpr std::size_t kIntentsMax = 10'000'000;
  static constexpr std::size_t kAccountsMax = 100'000;
  static constexpr std::size_t kRepeatedReferencesMax = 1000;
  static constexpr std::size_t kRefundsPerIntentMax = 1000;
  static constexpr std::size_t kChargesPerIntentMax = 1000;
  // The metadata keys under which a switch names its payment; the first that is there counts.
  static constexpr std::array<std::string_view, 2> kReferenceKeys = {"payment_id", "order_id"};

  // The account of an API key; kAccountsMax of them, then the last one serves all further keys.
  [[nodiscard]] std::uint32_t account_of(std::string_view api_key);
  [[nodiscard]] const std::vector<Account>& accounts() const { return accounts_; }

  [[nodiscard]] bool full() const { return intents_.size() >= kIntentsMax; }
  // Requires: !full(). Gives it its number; indexes its metadata.
  Intent& add(Intent intent);
  [[nodiscard]] std::size_t size() const { return intents_.size(); }
  [[nodiscard]] Intent& at(std::uint32_t number) { return intents_[number]; }
  [[nodiscard]] const Intent& at(std::uint32_t number) const { return intents_[number]; }
  // nullptr when the salt or the account is another's.
  [[nodiscard]] Intent* find(const ObjectId& id, std::uint32_t account);

  void set_metadata(Intent& intent, std::string_view key, std::string_view value);
  // visit(intent) for each that has this pair, newest first, until it returns false.
  template <class Visit>
  void visit_by_metadata(std::string_view key, std::string_view value, Visit visit) const {
    for (std::uint32_t at = by_metadata_.get(hash_pair(key, value)); at != FlatIndex::kNone;
         at = postings_[at].older) {
      const Intent& intent = intents_[postings_[at].intent];
      if (intent.metadata.get(key) == value && !visit(intent)) return;
    }
  }

  // The issuer said yes or no to the intent's amount with its current method.
  Charge& authorize(Intent& intent, Authentication authentication, Instant now);
  Charge& decline(Intent& intent, Decline why, Authentication authentication, Instant now);
  // Requires: an open charge, 0 < amount <= capturable(). The rest is released.
  void capture(Intent& intent, std::int64_t amount);
  // Requires: an open charge.
  void release(Intent& intent);
  // Requires: 0 < amount <= captured - refunded of the charge.
  Refund& refund(Intent& intent, std::uint16_t charge, std::int64_t amount, RefundStatus status, Instant now);
  // A pending refund succeeds, or one that had succeeded fails and the money returns to the merchant.
  void settle(Intent& intent, std::size_t refund, RefundStatus status);

  // "" when the intent names none.
  [[nodiscard]] static std::string_view reference_of(const Intent& intent);
  // visit(intent) for each of that reference, once, until it returns false.
  template <class Visit>
  void visit_by_reference(std::string_view reference, Visit visit) const {
    // An intent whose metadata were changed away and back has two postings.
    std::unordered_set<std::uint32_t> seen;
    bool more = true;
    for (std::size_t i = 0; more && i < kReferenceKeys.size(); ++i)
      visit_by_metadata(kReferenceKeys[i], reference, [&](const Intent& intent) {
        if (reference_of(intent) == reference && seen.insert(intent.number).second) more = visit(intent);
        return more;
      });
  }
  [[nodiscard]] ReferenceTotals totals_of_reference(std::string_view reference) const;
  // References with more than one charge ever captured, as they were found; kRepeatedReferencesMax of them.
  [[nodiscard]] const std::vector<std::string>& repeated_references() const { return repeated_; }

 private:
  struct Posting {
    std::uint32_t intent;
    std::uint32_t older;
  };
  [[nodiscard]] static std::uint64_t hash_pair(std::string_view key, std::string_view value);
  void index(std::string_view key, std::string_view value, std::uint32_t intent);
  [[nodiscard]] Totals& totals_of(const Intent& intent);
  void note_if_repeated(const Intent& intent);

  std::deque<Intent> intents_;
  std::vector<Account> accounts_;
  std::unordered_map<std::string, std::uint32_t> account_by_id_;
  FlatIndex by_metadata_;
  std::deque<Posting> postings_;
  std::vector<std::string> repeated_;
};

// "acct_…": half of a hash, so that the key itself is not kept.
[[nodiscard]] std::string account_id_of(std::string_view api_key);
[[nodiscard]] std::string_view to_string(IntentStatus status);
[[nodiscard]] std::string_view to_string(MethodType type);       // "" for none
[[nodiscard]] MethodType method_type_of(std::string_view name);  // none when it is not modelled
[[nodiscard]] std::string_view to_string(RefundStatus status);

}  // namespace payweir::sandbox::stripe
