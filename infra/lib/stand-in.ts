/** What `crates/local/stand-ins` has: one dataset group with its tracker, datasets, campaigns and filters. */
export const STAND_IN = {
  trackingId: '00000000-0000-4000-8000-000000000000',
  itemsDatasetArn: 'arn:aws:personalize:us-east-1:000000000000:dataset/recommendations/ITEMS',
  usersDatasetArn: 'arn:aws:personalize:us-east-1:000000000000:dataset/recommendations/USERS',
  sources: {
    arms: [
      {
        name: 'control',
        weight: 50,
        sourceArn: 'arn:aws:personalize:us-east-1:000000000000:campaign/user-personalization',
      },
      { name: 'challenger', weight: 50, sourceArn: 'arn:aws:personalize:us-east-1:000000000000:campaign/challenger' },
    ],
    relatedSourceArn: 'arn:aws:personalize:us-east-1:000000000000:campaign/related-items',
    rankingCampaignArn: 'arn:aws:personalize:us-east-1:000000000000:campaign/personalized-ranking',
    popularSourceArn: 'arn:aws:personalize:us-east-1:000000000000:campaign/popular',
    filters: {
      'of-genre': 'arn:aws:personalize:us-east-1:000000000000:filter/of-genre',
      unseen: 'arn:aws:personalize:us-east-1:000000000000:filter/unseen',
    },
    promotions: { featured: 'arn:aws:personalize:us-east-1:000000000000:filter/featured' },
  },
} as const;
