#pragma once
// Outgoing HTTP as a port. An error says how sure we are that nothing happened: Certainty::not_sent
// only when not one byte of the request left (refused, DNS, TLS, deadline before the first byte).
#include <string>
#include <string_view>
#include <utility>

#include "base/http.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/task.hpp"

namespace payweir {

struct CallOptions {
  Duration timeout = seconds(30);  // for the whole call, from resolve to the last byte of the body
  // Gives up, not_sent, when Clock::suspended() has passed this right before the first byte.
  // Zero: no such bound.
  Duration send_by{};
  std::size_t response_bytes_max = 1 << 20;
  // How long the other side may be silent within an answer. Zero: as long as the call may take.
  Duration idle_timeout{};
  // Who may be called. `configured` is for gateways, whose address an operator wrote down. `public_only`
  // is for addresses that a merchant chose: https, allowed ports, and every resolved address public.
  enum class Reach : std::uint8_t { configured, public_only } reach = Reach::configured;
};

// Where a body goes that need not fit into memory, piece by piece.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // An error ends the call, which returns it.
  [[nodiscard]] virtual Result<void> take(std::string_view piece) = 0;
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  [[nodiscard]] virtual Task<Result<http::Response>> send(http::Request request, CallOptions options) = 0;
  // The body of a 200 goes to `sink`, which outlives the call, and of it response_bytes_max bytes at most;
  // that it is whole is known when the call has succeeded. Another answer's body is returned, a small one.
  // This one is for clients that have every body in memory anyhow.
  [[nodiscard]] virtual Task<Result<http::Response>> download(http::Request request, CallOptions options,
                                                              BodySink& sink) {
    Result<http::Response> answer = co_await send(std::move(request), options);
    if (!answer || answer->status != 200) co_return answer;
    const std::string body = std::exchange(answer->body, {});
    if (Result<void> taken = sink.take(body); !taken) co_return fail(std::move(taken.error()));
    co_return answer;
  }
  // An answer of this origin was somebody else's: no connection to it that is open now is used again.
  virtual void distrust(std::string_view origin) { static_cast<void>(origin); }
};

}  // namespace payweir
