#pragma once
// Outgoing HTTP as a port. An error says how sure we are that nothing happened: Certainty::not_sent
// only when not one byte of the request left (refused, DNS, TLS, deadline before the first byte).
#include <string_view>

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
  // Who may be called. `configured` is for gateways, whose address an operator wrote down. `public_only`
  // is for addresses that a merchant chose: https, allowed ports, and every resolved address public.
  enum class Reach : std::uint8_t { configured, public_only } reach = Reach::configured;
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  [[nodiscard]] virtual Task<Result<http::Response>> send(http::Request request, CallOptions options) = 0;
  // An answer of this origin was somebody else's: no connection to it that is open now is used again.
  virtual void distrust(std::string_view origin) { static_cast<void>(origin); }
};

}  // namespace payweir
