#include "fixture.hpp"

namespace payweir::contract {

const Fixture* find_fixture(std::string_view connector) {
  static const Fixture* const kFixtures[] = {&stripe_fixture(), &alipay_fixture(), &wechatpay_fixture()};
  for (const Fixture* fixture : kFixtures)
    if (fixture->connector() == connector) return fixture;
  return nullptr;
}

}  // namespace payweir::contract
