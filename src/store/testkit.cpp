#include "store/testkit.hpp"

#include <atomic>
#include <cstdint>
#include <cstdlib>

#include "base/id.hpp"

namespace payweir::store::testkit {
namespace {

constexpr Instant kNow{1'795'000'000'000};

// 16 bytes that differ with every key and are spread like a hash.
std::string digest_of(std::int64_t key) {
  std::string digest;
  auto bits = static_cast<std::uint64_t>(key);
  for (int word = 0; word < 2; ++word) {
    bits = (bits ^ (bits >> 31)) * 0x9e3779b97f4a7c15u;
    bits ^= bits >> 27;
    for (unsigned shift = 0; shift < 64; shift += 8)
      digest.push_back(static_cast<char>(bits >> shift & 0xff));
  }
  return digest;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "payweir-store-XXXXXX").string();
  check(mkdtemp(pattern.data()) != nullptr, "a temporary directory can be made");
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::int64_t next_key() {
  // One a thread, as in production: tests commit from several at once.
  static std::atomic<std::uint16_t> thread_count = 0;
  thread_local KeySequence sequence(++thread_count);
  return sequence.next(kNow);
}

ChangeSet PaymentRows::creation() const {
  ChangeSet changes;
  changes.insert(claim);
  changes.insert(payment);
  changes.insert(attempt);
  changes.insert(operation);
  return changes;
}

ChangeSet PaymentRows::capture() {
  payment.payment.version += 1;
  payment.payment.state = PaymentState::succeeded;
  payment.payment.captured_minor = payment.payment.amount.minor;
  payment.payment.event_sequence = 1;
  attempt.attempt.version += 1;
  attempt.attempt.state = AttemptState::captured;
  attempt.attempt.authorised_minor = attempt.attempt.captured_minor = attempt.attempt.amount.minor;
  attempt.attempt.connector_payment_id = "pi_3PqYkA2eZvKYlo2C1gYkz9zX";
  operation.operation.version += 1;
  operation.operation.state = OperationState::done;
  operation.operation.result = OperationResult::accepted;
  ChangeSet changes;
  changes.update(payment);
  changes.update(attempt);
  changes.update(operation);
  changes.insert(posting);
  changes.insert(event);
  changes.insert(answer);
  return changes;
}

PaymentRows make_payment(std::int64_t merchant_no) {
  const Money amount{6540, *Currency::parse("USD")};
  PaymentRows rows;
  Payment& payment = rows.payment.payment;
  payment.id = {next_key(), 0x5a17'0000'0000'0001};
  payment.merchant_no = merchant_no;
  payment.profile_key = 7;
  payment.state = PaymentState::processing;
  payment.amount = amount;
  payment.has_payment_method = true;
  payment.attempt_count = 1;
  payment.created_at = payment.modified_at = kNow;
  payment.expires_at = kNow + minutes(15);
  rows.payment.details = R"({"customer_id":"cus_1","description":"an order","metadata":{"order":"A-17"}})";

  Attempt& attempt = rows.attempt.attempt;
  attempt.id = {next_key(), 0x5a17'0000'0000'0002};
  attempt.payment_key = payment.id.key;
  attempt.connector_account_key = 11;
  attempt.amount = amount;
  attempt.created_at = attempt.modified_at = kNow;
  attempt.checks = {"pass", "pass", "pass", "visa", "976282119283746"};
  rows.attempt.merchant_no = merchant_no;

  Operation& operation = rows.operation.operation;
  operation.id = {next_key(), 0x5a17'0000'0000'0003};
  operation.merchant_no = merchant_no;
  operation.payment_key = payment.id.key;
  operation.attempt_key = attempt.id.key;
  operation.connector_account_key = attempt.connector_account_key;
  operation.amount = amount;
  operation.ask_at = kNow + minutes(1);
  operation.created_at = kNow;

  rows.claim.key = next_key();
  rows.claim.digest = digest_of(rows.claim.key);
  rows.claim.fingerprint = digest_of(~rows.claim.key);
  rows.claim.resource_key = payment.id.key;

  rows.posting = {operation.id.key, merchant_no, payment.id.key, 1, 2, amount, kNow};
  rows.event.id = {next_key(), 0x5a17'0000'0000'0004};
  rows.event.merchant_no = merchant_no;
  rows.event.profile_key = payment.profile_key;
  rows.event.aggregate_key = payment.id.key;
  rows.event.sequence = 1;
  rows.event.created_at = kNow;
  rows.answer = {rows.claim.key, 200, false, std::string(1500, 'a')};
  return rows;
}

}  // namespace payweir::store::testkit
