#include "sandbox/alipay/bill.hpp"

#include <algorithm>
#include <utility>

#include "base/json_writer.hpp"
#include "sandbox/archive.hpp"
#include "sandbox/china_time.hpp"
#include "sandbox/gbk.hpp"
#include "sandbox/orders/payer.hpp"
#include "sandbox/page.hpp"

namespace payweir::sandbox::alipay {
namespace {

using orders::format_yuan;

constexpr std::string_view kColumns =
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额"
    "（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,"
    "券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注";

struct Line {
  const Order* order = nullptr;
  const OrderRefund* refund = nullptr;  // nullptr: the payment
  std::int64_t at_ms = 0;
  std::size_t place = 0;  // equal times stay in the order of the books
};

// What was paid and refunded that day, in the order it happened.
std::vector<Line> lines_of(const State& state, std::uint32_t account, Instant day) {
  std::vector<Line> lines;
  const auto add = [&](const Order& order, const OrderRefund* refund, std::int64_t at_ms) {
    if (at_ms >= day.ms && at_ms < (day + days(1)).ms) lines.push_back({&order, refund, at_ms, lines.size()});
  };
  for (std::uint32_t number = 0; number < state.books.size(); ++number) {
    const Order& order = state.books.at(number);
    if (order.account != account || !order.was_paid()) continue;
    for (int charge = 0; charge < order.charge_count; ++charge)
      add(order, nullptr, order.paid_ms);
    for (const OrderRefund& refund : order.refunds)
      add(order, &refund, refund.created_ms);
  }
  std::ranges::sort(lines, {}, [](const Line& line) { return std::pair(line.at_ms, line.place); });
  return lines;
}

// 0.6 %, rounded to the fen; nothing back for refunds.
std::int64_t fee_of(const Line& line) {
  return line.refund != nullptr ? 0 : (line.order->amount * 6 + 500) / 1000;
}

std::string row_of(const Line& line) {
  const Order& order = *line.order;
  const std::string amount = format_yuan(line.refund != nullptr ? -line.refund->amount : order.amount);
  std::string subject = order.subject;
  std::ranges::replace(subject, ',', ' ');  // the format quotes nothing
  std::string row = order.transaction_no + "\t," + order.out_trade_no + "\t,";
  row += line.refund != nullptr ? "退款," : "交易,";
  row += subject + "," + format_china(Instant{order.created_ms}) + "," + format_china(Instant{line.at_ms});
  row += ",\t,\t,\t,\t,*某(159****" +
         order.buyer.substr(order.buyer.size() - std::min<std::size_t>(4, order.buyer.size()));
  row += ")\t," + amount + "," + amount + ",0.00,0.00,0.00,0.00,0.00,,0.00\t,0.00,";
  row += (line.refund != nullptr ? line.refund->request_no : std::string()) + "\t,";
  row += format_yuan(fee_of(line)) + ",0.00,";
  return row + (line.refund != nullptr ? line.refund->reason : std::string()) + "\r\n";
}

struct Sums {
  std::int64_t payments = 0, paid = 0, refunds = 0, refunded = 0, fees = 0;
};

Sums sums_of(const std::vector<Line>& lines) {
  Sums sums;
  for (const Line& line : lines) {
    ++(line.refund != nullptr ? sums.refunds : sums.payments);
    (line.refund != nullptr ? sums.refunded : sums.paid) +=
        line.refund != nullptr ? line.refund->amount : line.order->amount;
    sums.fees += fee_of(line);
  }
  return sums;
}

// "2026年01月15日 00:00:00"
std::string long_time(Instant t) {
  const std::string text = format_china(t);
  return text.substr(0, 4) + "年" + text.substr(5, 2) + "月" + text.substr(8, 2) + "日" + text.substr(10);
}

std::string account_number(const State& state, std::uint32_t account) {
  return state.apps.of_account(account)->seller_id + "0156";
}

std::string heading(const State& state, std::uint32_t account, Instant day) {
  return "#支付宝业务明细查询\r\n#账号：[" + account_number(state, account) + "]\r\n#起始日期：[" +
         long_time(day) + "]   终止日期：[" + long_time(day + days(1)) + "]\r\n";
}

std::string bill_summary(const State& state, std::uint32_t account, Instant day, Instant now) {
  const Sums sums = sums_of(lines_of(state, account, day));
  std::string out = heading(state, account, day);
  out += "#-----------------------------------------业务汇总列表----------------------------------------\r\n";
  out +=
      "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,"
      "商家优惠（元）,"
      "卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）\r\n";
  const std::string net = format_yuan(sums.paid - sums.refunded);
  out += "合计\t,\t," + std::to_string(sums.payments) + "," + std::to_string(sums.refunds) + "," + net + "," +
         net + ",0.00,0.00,0.00," + format_yuan(sums.fees) + ",0.00," +
         format_yuan(sums.paid - sums.refunded - sums.fees) + "\r\n";
  out += "#-----------------------------------------业务汇总列表结束------------------------------------\r\n";
  return out + "#导出时间：[" + long_time(now) + "]\r\n";
}

}  // namespace

Answer query_bill(Call& call) {
  if (text_of(call, "bill_type") != "trade")
    return std::unexpected(invalid("isv.invalid-arguments", "入参不合法 bill_type: only trade is modelled"));
  const auto day = parse_china_day(text_of(call, "bill_date"));
  if (!day) return std::unexpected(invalid("isv.invalid-arguments", "入参不合法 bill_date: yyyy-MM-dd"));
  const Instant today = china_midnight(call.now);
  if (*day > today || (*day == today && !call.state.bills_of_today))
    return std::unexpected(business("isp.bill_not_exist", "账单不存在 bill_date: the day is not over"));
  std::erase_if(call.state.bill_links, [&](const auto& link) { return link.second.expires <= call.now; });
  if (call.state.bill_links.size() >= kBillLinksMax) return std::unexpected(system_error());
  const std::string token = call.draws.token(32);
  call.state.bill_links[token] = {
      .account = call.app.account, .day = *day, .expires = call.now + kBillLinkLife};
  json::Writer out;
  out.begin_object().field("code", "10000").field("msg", "Success");
  out.field("bill_download_url", call.state.public_url + "/bill/" + token).end_object();
  return std::move(out).take();
}

std::string bill_details(const State& state, std::uint32_t account, Instant day, Instant now) {
  const std::vector<Line> lines = lines_of(state, account, day);
  const Sums sums = sums_of(lines);
  std::string out = heading(state, account, day);
  out += "#-----------------------------------------业务明细列表----------------------------------------\r\n";
  out.append(kColumns).append("\r\n");
  for (const Line& line : lines)
    out += row_of(line);
  out += "#-----------------------------------------业务明细列表结束------------------------------------\r\n";
  out += "#交易合计：" + std::to_string(sums.payments) + "笔，商家实收共" + format_yuan(sums.paid) +
         "元，商家优惠共0.00元\r\n";
  out += "#退款合计：" + std::to_string(sums.refunds) + "笔，商家实收退款共-" + format_yuan(sums.refunded) +
         "元，商家优惠退款共0.00元\r\n";
  return out + "#导出时间：[" + long_time(now) + "]\r\n";
}

http::Response serve_bill(State& state, std::string_view token, Instant now) {
  const auto link = state.bill_links.find(token);
  if (link == state.bill_links.end() || link->second.expires <= now)
    return render_notice(403, "支付宝沙箱 Alipay sandbox", "链接已过期 The link has expired",
                         "Links to bills are valid for 30 seconds.");
  const auto& [account, day, expires] = link->second;
  const std::string stem = account_number(state, account) + "_" + china_day(day);
  http::Response response;
  response.headers.set("Content-Type", "application/zip");
  response.body = zip(
      {{.name = to_gbk(stem + "_业务明细.csv"), .content = to_gbk(bill_details(state, account, day, now))},
       {.name = to_gbk(stem + "_业务明细(汇总).csv"),
        .content = to_gbk(bill_summary(state, account, day, now))}});
  return response;
}

}  // namespace payweir::sandbox::alipay
