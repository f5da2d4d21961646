#pragma once
// Settling an operation whose outcome is not known: ask the gateway, decide, store. Used by the resolver,
// by callbacks (which only say what to ask about), by the payer's return and by force_sync.
#include <optional>

#include "flows/context.hpp"
#include "flows/snapshot.hpp"

namespace payweir::flows {

enum class Fencing : std::uint8_t { forbidden, allowed };

struct Settled {
  bool decided = false;         // the operation is done now (or was already)
  bool answered = false;        // the gateway said something, even that it cannot tell
  std::int64_t gateway_us = 0;  // how long the gateway took to answer
};

// Asks about one operation. `allowed` makes a not-found final through the connector's fence, and repeats a
// void that may be under way; only the resolver may, once the time to send has passed for good: whoever else
// asks meanwhile, or still sends, could have found the money there and said so. Errors: store_*, not_found.
[[nodiscard]] Task<Result<Settled>> settle_operation(Context& context, std::int64_t operation_key,
                                                     Fencing fencing);

// For the sender of an authorisation whose answer did not come, or told nothing, and who could send another
// elsewhere: asks, and makes a not-found final where the connector's fence does so at once. Only the sender
// may: nobody else knows that nothing of it is still to be sent. Stores nothing.
struct FoundAtOnce {
  std::optional<Outcome> outcome;  // none: it is as unknown as before
  std::int64_t gateway_us = 0;
};
[[nodiscard]] Task<FoundAtOnce> find_out_at_once(Context& context, const PaymentSnapshot& snapshot);

// Looks whether the gateway still holds an authorisation that waits for its capture: it may have expired, or
// somebody captured or cancelled it past the switch. `marks`: that it was looked at is stored, too, so that
// it is not due again. True when something was learnt. Error: connection_lost when the gateway says nothing.
enum class Marks : std::uint8_t { looks, news_only };
[[nodiscard]] Task<Result<bool>> look_at_held(Context& context, std::int64_t payment_key, Marks marks);

// Sends the next reversal of an attempt that succeeded late. True when something was sent.
[[nodiscard]] Task<Result<bool>> reverse_attempt(Context& context, std::int64_t attempt_key);

// Ends what nobody paid in time. True when something changed.
[[nodiscard]] Task<Result<bool>> expire_payment(Context& context, std::int64_t payment_key);

// Works one inbox row off: finds what it is about, settles it, marks the row done (or orphan).
[[nodiscard]] Task<Result<void>> work_off_callback(Context& context, std::int64_t inbox_key);

}  // namespace payweir::flows
