// Stripe's answers: the first byte chooses the operation, the second the HTTP status, the rest is the
// body. No answer outside 2xx is a success, and no success is for another amount than was asked for.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <variant>

#include "base/check.hpp"
#include "connectors/stripe/stripe.hpp"
#include "connectors/stripe/testkit.hpp"

namespace {

using namespace payweir;

constexpr OperationKind kKinds[] = {OperationKind::authorise, OperationKind::capture,
                                    OperationKind::void_authorisation, OperationKind::refund};
constexpr int kStatuses[] = {200, 201, 400, 401, 402, 404, 409, 429, 500, 503};

void check_outcome(const ConnectorRequest& request, int status, const Outcome& outcome) {
  check(!std::holds_alternative<outcome::NotSent>(outcome), "an answer to something that was not sent");
  const auto* accepted = std::get_if<outcome::Accepted>(&outcome);
  if (!accepted) return;
  check(status < 300, "a failure was taken for a success");
  check(accepted->as == AcceptedAs::voided || accepted->amount == request.amount,
        "a success for another amount");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  static const ConnectorCredentials credentials = stripe::test_credentials();
  const ConnectorContext context{credentials, "https://api.stripe.com", Instant{}};
  const ConnectorRequest request = stripe::test_request(kKinds[data[0] % std::size(kKinds)]);
  http::Response answer;
  answer.status = kStatuses[data[1] % std::size(kStatuses)];
  answer.body.assign(reinterpret_cast<const char*>(data) + 2, size - 2);

  const Stripe connector;
  const Step step = connector.resume(request, context, answer);
  check_outcome(request, answer.status, std::get<step::Done>(step).outcome);
  const AskStep asked = connector.resume_ask(request, context, 0, answer);
  const auto* done = std::get_if<ask::Done>(&asked);
  const auto* found = done ? std::get_if<finding::Found>(&done->finding) : nullptr;
  if (found) check_outcome(request, answer.status, found->outcome);
  if (connector.read_fence(request, context, answer) == FenceAnswer::holds)
    check(answer.status < 300, "a failure was taken for a fence");
  return 0;
}
