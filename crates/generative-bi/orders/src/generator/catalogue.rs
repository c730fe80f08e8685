//! What is sold, where and when: the words of the orders, and how likely each is.

use crate::model::Channel;

/// Products of one kind, and when they are bought.
#[derive(Debug)]
pub struct Category {
    /// Its name.
    pub name: &'static str,
    /// How much it is bought.
    pub weight: u32,
    /// How much of it in each month, January first.
    pub season: [u32; 12],
    /// Name and price in cents of each product. A product's id is made of its place and its category's.
    pub products: [(&'static str, u32); 10],
}

/// The categories.
pub const CATEGORIES: [Category; 5] = [
    Category {
        name: "Outdoor",
        weight: 24,
        season: [3, 3, 6, 9, 13, 16, 15, 12, 8, 5, 4, 6],
        products: [
            ("Tent for two", 18_900),
            ("Sleeping bag", 8_950),
            ("Hiking poles", 4_995),
            ("Trail shoes", 12_900),
            ("Rucksack 40 l", 10_950),
            ("Head torch", 2_999),
            ("Camping stove", 5_490),
            ("Rain jacket", 14_900),
            ("Water filter", 3_950),
            ("Hängematte", 6_490),
        ],
    },
    Category {
        name: "Kitchen",
        weight: 26,
        season: [7, 6, 7, 7, 7, 6, 6, 6, 8, 9, 14, 17],
        products: [
            ("Chef's knife", 7_990),
            ("Cast-iron pan", 6_450),
            ("Crème brûlée torch", 3_490),
            ("Espresso maker", 24_900),
            ("Kitchen scales", 2_495),
            ("Pepper mill", 3_250),
            ("Salad spinner", 1_999),
            ("Stock pot 8 l", 5_990),
            ("Pasta machine", 5_450),
            ("Chopping board", 2_750),
        ],
    },
    Category {
        name: "Garden",
        weight: 20,
        season: [2, 4, 12, 18, 16, 12, 9, 7, 8, 6, 3, 3],
        products: [
            ("Pruning shears", 3_495),
            ("Watering can", 1_890),
            ("Hose 25 m", 3_990),
            ("Wheelbarrow", 9_900),
            ("Raised bed", 12_450),
            ("Hand trowel", 1_250),
            ("Compost bin", 7_950),
            ("Hedge trimmer", 15_900),
            ("Flower bulbs", 995),
            ("Bird house", 2_290),
        ],
    },
    Category {
        name: "Toys",
        weight: 18,
        season: [4, 4, 6, 6, 5, 5, 5, 5, 6, 9, 18, 27],
        products: [
            ("Wooden train", 4_490),
            ("Building blocks", 3_999),
            ("Plush bear", 2_495),
            ("Kite", 1_990),
            ("Chess set", 3_450),
            ("Puzzle, 1,000 pieces", 1_795),
            ("Origami paper 折り紙", 1_295),
            ("Marble run", 5_990),
            ("Doll's house", 9_950),
            ("Stunt scooter", 8_490),
        ],
    },
    Category {
        name: "Office",
        weight: 12,
        season: [14, 9, 7, 6, 6, 5, 5, 11, 15, 9, 7, 6],
        products: [
            ("Desk lamp", 4_950),
            ("Office chair", 22_900),
            ("Notebook, \"A5\"", 1_295),
            ("Fountain pen", 5_490),
            ("Paper shredder", 8_990),
            ("Whiteboard", 6_950),
            ("Cable box", 2_190),
            ("Monitor stand", 4_490),
            ("Filing cabinet", 17_900),
            ("Label printer", 7_450),
        ],
    },
];

/// The id of a product.
pub fn product_id(category: usize, product: usize) -> String {
    format!("p-{}{:02}", category + 1, product + 1)
}

/// The first year of the orders; there are as many as a region has weights.
pub const FIRST_YEAR: i32 = 2023;

/// The regions, and how much each buys in each year: one grows, one turns, one shrinks, one grows fast.
pub const REGIONS: [(&str, [u32; 3]); 4] = [
    ("Europe", [100, 112, 121]),
    ("North America", [90, 118, 97]),
    ("Asia Pacific", [40, 66, 112]),
    ("Latin America", [52, 43, 45]),
];

/// The channels, and how much is bought through each in each year.
pub const CHANNELS: [(Channel, [u32; 3]); 3] = [
    (Channel::Web, [50, 48, 44]),
    (Channel::Mobile, [15, 25, 38]),
    (Channel::Store, [35, 27, 18]),
];

/// How much is bought on each day of the week, Monday first.
pub const WEEKDAYS: [u32; 7] = [10, 9, 9, 10, 13, 17, 15];

/// How much is bought in each hour.
pub const HOURS: [u32; 24] = [
    2, 1, 1, 1, 1, 1, 2, 4, 6, 7, 8, 9, 10, 9, 8, 8, 8, 9, 11, 13, 14, 12, 8, 4,
];

/// What is taken off, in ten-thousandths.
pub const DISCOUNTS: [(u32, u32); 6] = [
    (0, 62),
    (500, 12),
    (1_000, 12),
    (1_250, 5),
    (3_333, 4),
    (1_875, 5),
];

/// What lines are tagged with.
pub const TAGS: [&str; 5] = ["gift", "express", "b2b", "fragile", "première"];

/// What is remarked.
pub const NOTES: [&str; 7] = [
    "leave with the neighbour",
    "Bitte nach 18 Uhr liefern – Klingel defekt",
    "お誕生日おめでとう 🎁",
    "first line\nsecond line\tafter a tab",
    "says \"fragile\", 50% off, it's null\\void",
    "{\"looks\":\"like JSON\",\"n\":1.50}",
    "Zoë's 2nd order; ½ now, ½ later",
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_product_has_an_id_and_a_name_of_its_own() {
        let names: HashSet<_> = CATEGORIES
            .iter()
            .flat_map(|category| category.products)
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names.len(), 50);
        assert_eq!(product_id(0, 0), "p-101");
        assert_eq!(product_id(4, 9), "p-510");
    }
}
