//! Which tenant has which manner.

use super::manner::Manner;
use crate::error::SandboxError;

/// How many tenants there are, and how many of each manner.
#[derive(Debug)]
pub(crate) struct Mix {
    tenants: u32,
    shares: Vec<(Manner, u32)>,
    /// Shares no factor with the number of tenants, so that its multiples lead to each place once.
    stride: u64,
}

impl Mix {
    pub(crate) fn read(tenants: u32, shares: &[(String, u32)]) -> Result<Self, SandboxError> {
        let sum: u64 = shares.iter().map(|(_, number)| u64::from(*number)).sum();
        if sum > u64::from(tenants) {
            return Err(SandboxError::TooManyShares { shares: sum, tenants });
        }
        let shares = shares.iter().map(|(name, number)| Ok((Manner::named(name)?, *number)));
        Ok(Self { tenants, shares: shares.collect::<Result<_, SandboxError>>()?, stride: stride(tenants) })
    }

    pub(crate) const fn tenants(&self) -> u32 {
        self.tenants
    }

    /// The manner of a tenant, and which one of that manner it is.
    pub(super) fn of(&self, number: u32) -> Option<(Manner, usize)> {
        let mut place = u64::from(number) * self.stride % u64::from(self.tenants.max(1));
        for (manner, share) in &self.shares {
            if place < u64::from(*share) {
                return Some((*manner, usize::try_from(place).unwrap_or_default()));
            }
            place -= u64::from(*share);
        }
        None
    }
}

/// Near the golden section, which spreads neighbours far and evenly.
fn stride(tenants: u32) -> u64 {
    let tenants = u64::from(tenants.max(1));
    let mut stride = (tenants * 618 / 1000).max(1);
    while common_factor(stride, tenants) != 1 {
        stride += 1;
    }
    stride
}

const fn common_factor(left: u64, right: u64) -> u64 {
    if right == 0 { left } else { common_factor(right, left % right) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mix(tenants: u32, shares: &[(&str, u32)]) -> Result<Mix, SandboxError> {
        let shares: Vec<_> = shares.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect();
        Mix::read(tenants, &shares)
    }

    #[test]
    fn each_share_has_its_number_of_tenants_spread_over_all() {
        for tenants in [1, 2, 7, 100, 618, 1000, 10_000] {
            let third = tenants / 3;
            let mix = mix(tenants, &[("slow", third), ("epic", third)]).unwrap();
            let names: Vec<_> =
                (0..tenants).map(|number| mix.of(number).map(|(manner, _)| manner.name())).collect();
            for name in ["slow", "epic"] {
                let all = names.iter().filter(|found| **found == Some(name)).count();
                assert_eq!(all, usize::try_from(third).unwrap(), "{name} of {tenants}");
                let half = &names[..names.len() / 2];
                let early = half.iter().filter(|found| **found == Some(name)).count();
                assert!(early * 2 <= all + all / 4 + 2, "{early} of {all} in the first half of {tenants}");
            }
        }
    }

    #[test]
    fn too_many_shares_and_unknown_manners_are_errors() {
        assert!(matches!(mix(3, &[("slow", 2), ("broken", 2)]), Err(SandboxError::TooManyShares { .. })));
        let error = mix(3, &[("slowly", 1)]).unwrap_err().to_string();
        assert!(error.contains("`hostile`") && error.contains("`keycloak`"), "{error}");
        assert!(mix(0, &[]).unwrap().of(0).is_none());
    }
}
