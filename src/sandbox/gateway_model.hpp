#pragma once
// GatewayModel: one payment gateway as a pure, stateful object with books of its own. It reads no clock,
// draws no chance but the one it is handed, and does no I/O: `payweir sandbox` serves it over HTTP, the
// simulator runs it on virtual time. Its owner serialises the calls; times never go back.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.hpp"
#include "base/time.hpp"
#include "sandbox/draws.hpp"

namespace payweir::sandbox {

// What a gateway takes for its callback having arrived.
enum class Acknowledgement : std::uint8_t {
  any_2xx,
  ok_or_no_content,  // 200 or 204
  success_body,      // a 2xx whose body is exactly the seven bytes "success"
};

// A request that the gateway sends of its own accord, signed and ready. Whoever carries it out sends it
// `after` from now, and again after each of `retries` as long as it is not acknowledged.
struct Callback {
  http::Request request;
  Duration after{};
  std::vector<Duration> retries;
  Acknowledgement acknowledgement = Acknowledgement::any_2xx;
  Duration timeout = seconds(10);  // for the answer
  // Signs the request anew for a retry at that time, where a gateway does; empty: the same bytes again. It
  // reads the keys as they are then, so it must not outlive its model.
  std::function<void(http::Request&, Instant)> sign_again;

  [[nodiscard]] bool is_acknowledged_by(const http::Response& answer) const {
    switch (acknowledgement) {
      case Acknowledgement::any_2xx: return answer.status >= 200 && answer.status < 300;
      case Acknowledgement::ok_or_no_content: return answer.status == 200 || answer.status == 204;
      case Acknowledgement::success_body:
        return answer.status >= 200 && answer.status < 300 && answer.body == "success";
    }
    return false;
  }
};

// How an answer is carried over the wire; all but `whole` break HTTP on purpose.
enum class Wire : std::uint8_t {
  whole,
  truncated,  // the headers promise the whole body, half of it comes, then the connection closes
  dribble,    // one byte of the body a second
  closed,     // the connection closes without one byte of an answer
};

struct Reaction {
  std::optional<http::Response> response;  // nullopt: silence, the connection stays open without an answer
  Duration delay{};                        // from the request to the first byte of the answer
  Wire wire = Wire::whole;
  std::vector<Callback> callbacks;
};

class GatewayModel {
 public:
  virtual ~GatewayModel() = default;

  // The first segment of the paths it is served under: "stripe".
  [[nodiscard]] virtual std::string_view name() const = 0;

  // Where browsers and API clients find it, without a trailing slash; it stands in the addresses of its
  // pages. Call before the first request.
  virtual void set_public_url(std::string url) = 0;

  // One request of the gateway's API or of a payer's browser; `target` without the "/stripe" in front.
  [[nodiscard]] virtual Reaction handle(const http::Request& request, Instant now, Draws& draws) = 0;

  // One request of whoever runs the test: faults, webhook modes, books; `target` without
  // "/control/stripe" in front.
  [[nodiscard]] virtual Reaction control(const http::Request& request, Instant now, Draws& draws) = 0;

  // Does what has come due by `now` (handle and control do so too, first): refunds that settle,
  // authorisations that expire, requests that a fault held back.
  [[nodiscard]] virtual std::vector<Callback> advance(Instant now, Draws& draws) = 0;
  [[nodiscard]] virtual std::optional<Instant> next_due() const = 0;

  // The truth about the money, as JSON: the first page of GET /control/stripe/books.
  [[nodiscard]] virtual std::string books() const = 0;

  // Forgets everything: books, keys, faults, endpoints.
  virtual void reset() = 0;
};

}  // namespace payweir::sandbox
